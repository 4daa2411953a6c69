/*
 * The version, for --version and the User-Agent.
 */
#ifndef VERSION_H
#define VERSION_H

#define BAUSER_VERSION "0.1.0"

#endif
