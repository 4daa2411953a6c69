/*
 * A name and what it stands for, such as --map 'Mail=Email'.
 */
#ifndef BASE_NAME_PAIR_H
#define BASE_NAME_PAIR_H

struct name_pair {
    char *from;
    const char *to; /* inside from's memory */
};

#endif
