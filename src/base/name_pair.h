/*
 * Two names of one column: --map 'Mail=Email'.
 */
#ifndef BASE_NAME_PAIR_H
#define BASE_NAME_PAIR_H

/* The number of --where, which the header has room for. */
#define INPUT_MAX_WHERES 16

struct name_pair {
    char *from;     /* the input's name; owned by the options */
    const char *to; /* the program's name; within the memory of from */
};

#endif
