/*
 * A configuration file: its lines, and their judgement.
 */
#include "fuzz.h"

#include "cli/config_file.h"
#include "cli/setting_check.h"
#include "cli/setting_name.h"

#define PATH "/etc/config"

static void must_be_sound(const struct config_line *line)
{
    struct setting_name name;

    MUST(*line->section && strlen(line->section) <= 40);
    if (!line->key)
        return;
    must_be_printable(line->value);
    MUST(setting_name_find(line->key, &name));
    MUST(setting_name_is_key(&name));
    MUST(!setting_name_is_path(&name) || strchr("/-", *line->value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problem_list problems;
    struct config_file *file = NULL;
    struct error error = {.kind = ERROR_NONE};
    char *text = malloc(size + 1);

    MUST(text);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    problem_list_init(&problems);
    if (config_file_parse(&file, PATH, text, size, &problems, &error) ||
        setting_check_file(file, &problems, &error)) {
        must_be_error(&error, ERROR_LOCAL);
    } else if (problem_list_check(&problems, &error)) {
        must_be_error(&error, ERROR_USAGE);
        MUST(strncmp(error.text, PATH ":", strlen(PATH ":")) == 0);
    } else {
        for (size_t i = 0; i < file->count; i++)
            must_be_sound(&file->lines[i]);
    }
    config_file_free(file);
    free(text);
    return 0;
}
