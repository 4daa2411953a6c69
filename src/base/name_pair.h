/*
 * Two names of one column: --map 'Mail=Email'.
 */
#ifndef BASE_NAME_PAIR_H
#define BASE_NAME_PAIR_H

struct name_pair {
    char *from;     /* the input's name; owned by the options */
    const char *to; /* the program's name; within the memory of from */
};

#endif
