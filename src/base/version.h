/*
 * The version, for --version and the User-Agent.
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define BAUSER_VERSION "0.1.0"

#endif
