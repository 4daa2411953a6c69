/*
 * The folder that a file is in.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

/* Makes it last that the file at path was made, renamed or removed. A folder
 * that may be written but not read, or whose file system has no such sync, is
 * left to the system. -1 with errno. */
int file_sync_directory(const char *path);

#endif
