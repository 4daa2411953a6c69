/*
 * The version, for --version and the User-Agent.
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define BAUSER_VERSION "1.0.0"

#endif
