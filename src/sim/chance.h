/*
 * Repeatable random choices, and members of JSON objects that are made with
 * them. Members can be null, absent or unknown to all clients. In a plain
 * object, none is absent or unknown.
 */
#ifndef CHANCE_H
#define CHANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

struct chance {
    uint64_t state;
    bool plain;
};

/* The choices for one user. salt separates independent series of choices.
 * plain: for plain objects. */
struct chance chance_of(uint64_t seed, uint64_t id, uint64_t salt, bool plain);

/* A number from 0 to below - 1. */
uint64_t chance_draw(struct chance *chance, uint64_t below);

bool chance_happens(struct chance *chance, unsigned percent);

/* Names of persons, in many scripts. */
const char *chance_first_name(struct chance *chance);
const char *chance_last_name(struct chance *chance);

/* True if the caller must append the member. Otherwise it is null, which
 * this function has appended, or absent. */
bool chance_is_present(struct chance *chance, struct text *out,
                       const char *name, unsigned null_percent,
                       unsigned absent_percent);

/* Append a member that can be null or absent: a string, a boolean, a phone
 * number. */
void chance_string(struct chance *chance, struct text *out, const char *name,
                   const char *value);
void chance_bool(struct chance *chance, struct text *out, const char *name);
void chance_phone(struct chance *chance, struct text *out, const char *name);

/* Appends up to three members that no client knows. */
void chance_unknown(struct chance *chance, struct text *out, unsigned percent);

#endif
