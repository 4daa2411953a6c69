/*
 * Chance that is the same each time, and members of JSON objects made by it:
 * now and then null, absent, or such as no client expects.
 */
#ifndef CHANCE_H
#define CHANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

struct chance {
    uint64_t state;
};

/* The chance of one user; salt tells apart what is drawn independently. */
struct chance chance_of(uint64_t seed, uint64_t id, uint64_t salt);

/* A number from 0 to below - 1. */
uint64_t chance_draw(struct chance *chance, uint64_t below);

bool chance_happens(struct chance *chance, unsigned percent);

/* Names of persons, in many scripts. */
const char *chance_first_name(struct chance *chance);
const char *chance_last_name(struct chance *chance);

/* True where the member is to be written; else it was put as null, or is to
 * be absent. */
bool chance_is_present(struct chance *chance, struct text *out,
                       const char *name, unsigned null_percent,
                       unsigned absent_percent);

/* Put a member, or null, or nothing: the string, true or false, a phone. */
void chance_string(struct chance *chance, struct text *out, const char *name,
                   const char *value);
void chance_bool(struct chance *chance, struct text *out, const char *name);
void chance_phone(struct chance *chance, struct text *out, const char *name);

/* Puts up to three members that no client knows. */
void chance_unknown(struct chance *chance, struct text *out, unsigned percent);

#endif
