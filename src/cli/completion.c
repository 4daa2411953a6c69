#include "cli/completion.h"

#include <string.h>

#include "cli/option_set.h"
#include "cli/option_table.h"
#include "service/service.h"

#define WORDS_MAX 16

/* What completes the value of an option. */
enum value {
    VALUE_NONE, /* the option takes none */
    VALUE_ANY,  /* nothing does */
    VALUE_FILE,
    VALUE_DIRECTORY,
    VALUE_COLUMN,
    VALUE_WORD /* see find_words() */
};

/* ---- values ------------------------------------------------------------- */

/* The words that an option accepts; returns their number. */
static unsigned find_words(const struct option_spec *spec,
                           const char *words[WORDS_MAX])
{
    unsigned count = 0;

    if (spec->set == option_set_word) {
        words[count++] = spec->words[0];
        words[count++] = spec->words[1];
    } else if (spec->set == option_set_api) {
        for (; services[count]; count++)
            words[count] = services[count]->name;
    } else if (spec->set == option_set_log_level) {
        for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++)
            words[count++] = log_level_name((enum log_level)level);
    } else if (spec->set == option_set_delimiter) {
        words[count++] = "auto";
        words[count++] = "tab";
    } else if (spec->set == option_set_shard) {
        words[count++] = "auto";
    } else if (spec->set == option_set_completion) {
        for (; count < COMPLETION_SHELLS; count++)
            words[count] = completion_shell_name((enum completion_shell)count);
    }
    return count;
}

/* The name of an argument in help says what it is. */
static enum value value_of(const struct option_spec *spec)
{
    const char *words[WORDS_MAX];

    if (!spec->argument)
        return VALUE_NONE;
    if (find_words(spec, words) > 0)
        return VALUE_WORD;
    if (strncmp(spec->argument, "FILE", 4) == 0)
        return VALUE_FILE;
    if (strncmp(spec->argument, "DIRECTORY", 9) == 0)
        return VALUE_DIRECTORY;
    if (strstr(spec->argument, "COLUMN") || strstr(spec->argument, "=TO"))
        return VALUE_COLUMN;
    return VALUE_ANY;
}

static void print_words(FILE *stream, const struct option_spec *spec)
{
    const char *words[WORDS_MAX];
    unsigned count = find_words(spec, words);

    for (unsigned i = 0; i < count; i++)
        fprintf(stream, "%s%s", i > 0 ? " " : "", words[i]);
}

static void print_columns(FILE *stream, const struct service *service)
{
    for (unsigned i = 0; i < service->column_count; i++)
        if (service->columns[i].use != COLUMN_REFUSED)
            fprintf(stream, "%s%s", i > 0 ? " " : "", service->columns[i].name);
}

/* Prints a text within single quotes; of zsh's special characters, those in
 * `escaped` get a backslash. */
static void print_quoted(FILE *stream, const char *text, const char *escaped)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\'", stream);
        else if (strchr(escaped, *text))
            fputc('\\', stream);
        fputc(*text, stream);
    }
}

/* ---- bash --------------------------------------------------------------- */

static const char *const bash_values[] = {
    [VALUE_FILE] = "compopt -o default",
    [VALUE_DIRECTORY] = "compopt -o dirnames",
    [VALUE_COLUMN] = "words=$columns",
};

/* bash divides --NAME=VALUE into three words. */
static const char bash_begin[] =
    "_bauser_batch() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1))\n"
    "    local prev equals= api=rest words= columns= i\n"
    "\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur= equals=1\n"
    "    elif [[ ${COMP_WORDS[at]} == = ]]; then\n"
    "        at=$((at - 1)) equals=1\n"
    "    fi\n"
    "    prev=${COMP_WORDS[at]}\n"
    "    if [[ $equals && $at -gt 1 && ${COMP_WORDS[at-1]} == --map ]]; then\n"
    "        prev=--map\n"
    "    fi\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        [[ ${COMP_WORDS[i]} == --api ]] || continue\n"
    "        api=${COMP_WORDS[i+1]}\n"
    "        [[ $api != = ]] || api=${COMP_WORDS[i+2]}\n"
    "    done\n";

static void print_bash_option(FILE *stream, const struct option_spec *spec)
{
    enum value value = value_of(spec);

    if (value == VALUE_NONE)
        return;
    fprintf(stream, "    --%s) ", spec->name);
    if (value == VALUE_WORD) {
        fputs("words='", stream);
        print_words(stream, spec);
        fputc('\'', stream);
    } else if (value != VALUE_ANY) {
        fputs(bash_values[value], stream);
    }
    fputs(" ;;\n", stream);
}

static void print_bash_columns(FILE *stream)
{
    fputs("    case $api in\n", stream);
    for (size_t i = 0; services[i]; i++) {
        fprintf(stream, "    %s) columns='", services[i]->name);
        print_columns(stream, services[i]);
        fputs("' ;;\n", stream);
    }
    fputs("    esac\n", stream);
}

static void print_bash(FILE *stream)
{
    fputs("# bash completion, made by: bauser-batch --completion bash\n",
          stream);
    fputs(bash_begin, stream);
    print_bash_columns(stream);
    fputs("    case $prev in\n", stream);
    for (size_t i = 0; option_table[i].name; i++)
        print_bash_option(stream, &option_table[i]);
    fputs("    *)\n"
          "        if [[ $cur == -* ]]; then\n"
          "            words='",
          stream);
    for (size_t i = 0; option_table[i].name; i++)
        fprintf(stream, "%s--%s", i > 0 ? " " : "", option_table[i].name);
    fputs("'\n"
          "        else\n"
          "            compopt -o default\n"
          "        fi\n"
          "        ;;\n"
          "    esac\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
          "}\n"
          "complete -F _bauser_batch bauser-batch\n",
          stream);
}

/* ---- zsh ---------------------------------------------------------------- */

static const char *const zsh_values[] = {
    [VALUE_ANY] = " ",
    [VALUE_FILE] = "_files",
    [VALUE_DIRECTORY] = "_files -/",
    [VALUE_COLUMN] = "_bauser_batch_columns",
};

static void print_zsh_option(FILE *stream, const struct option_spec *spec)
{
    enum value value = value_of(spec);

    fputs("        ", stream);
    if (spec->letter)
        fprintf(stream, "'-%c[", spec->letter);
    else
        fprintf(stream, "'*--%s%s[", spec->name, value ? "=" : "");
    print_quoted(stream, spec->text, "[]:\\");
    fputc(']', stream);
    if (value != VALUE_NONE) {
        fputc(':', stream);
        print_quoted(stream, spec->argument, "[]:\\");
        fputc(':', stream);
    }
    if (value == VALUE_WORD) {
        fputc('(', stream);
        print_words(stream, spec);
        fputc(')', stream);
    } else if (value != VALUE_NONE) {
        fputs(zsh_values[value], stream);
    }
    fputs("'\n", stream);
}

static void print_zsh_columns(FILE *stream)
{
    fputs("_bauser_batch_columns() {\n"
          "    local api=rest i\n"
          "\n"
          "    for ((i = 2; i < CURRENT; i++)); do\n"
          "        case $words[i] in\n"
          "        --api) api=$words[i+1] ;;\n"
          "        --api=*) api=${words[i]#--api=} ;;\n"
          "        esac\n"
          "    done\n"
          "    compset -P '*='\n"
          "    case $api in\n",
          stream);
    for (size_t i = 0; services[i]; i++) {
        fprintf(stream, "    %s) compadd - ", services[i]->name);
        print_columns(stream, services[i]);
        fputs(" ;;\n", stream);
    }
    fputs("    esac\n}\n", stream);
}

static void print_zsh(FILE *stream)
{
    fputs("#compdef bauser-batch\n"
          "# zsh completion, made by: bauser-batch --completion zsh\n",
          stream);
    print_zsh_columns(stream);
    fputs("_bauser_batch() {\n    local -a specs=(\n", stream);
    for (size_t i = 0; option_table[i].name; i++) {
        struct option_spec plain = option_table[i];

        if (plain.letter)
            print_zsh_option(stream, &plain);
        plain.letter = 0;
        print_zsh_option(stream, &plain);
    }
    fputs("    )\n"
          "    _arguments -s -S $specs '1:INPUT:_files' '2:OUTPUT:_files'\n"
          "}\n"
          "if [[ $funcstack[1] == _bauser-batch ]]; then\n"
          "    _bauser_batch \"$@\"\n"
          "else\n"
          "    compdef _bauser_batch bauser-batch\n"
          "fi\n",
          stream);
}

/* ---- fish --------------------------------------------------------------- */

static const char *const fish_values[] = {
    [VALUE_NONE] = "",
    [VALUE_ANY] = " -x",
    [VALUE_FILE] = " -r -F",
    [VALUE_DIRECTORY] = " -x -a '(__fish_complete_directories)'",
    [VALUE_COLUMN] = " -x -a '(__bauser_batch_columns)'",
};

static void print_fish_option(FILE *stream, const struct option_spec *spec)
{
    enum value value = value_of(spec);

    fprintf(stream, "complete -c bauser-batch -l %s", spec->name);
    if (spec->letter)
        fprintf(stream, " -s %c", spec->letter);
    if (value == VALUE_WORD) {
        fputs(" -x -a '", stream);
        print_words(stream, spec);
        fputc('\'', stream);
    } else {
        fputs(fish_values[value], stream);
    }
    fputs(" -d '", stream);
    print_quoted(stream, spec->text, "\\");
    fputs("'\n", stream);
}

static void print_fish(FILE *stream)
{
    fputs("# fish completion, made by: bauser-batch --completion fish\n"
          "function __bauser_batch_columns\n"
          "    set -l api (commandline -opc | string join ' ' |\n"
          "        string match -r -- '--api[ =]([a-z0-9-]+)')[2]\n"
          "    switch \"$api\"\n",
          stream);
    for (size_t i = 1; services[i]; i++) {
        fprintf(stream, "    case %s\n        string split ' ' '",
                services[i]->name);
        print_columns(stream, services[i]);
        fputs("'\n", stream);
    }
    fputs("    case '*'\n        string split ' ' '", stream);
    print_columns(stream, services[0]);
    fputs("'\n    end\nend\n", stream);
    for (size_t i = 0; option_table[i].name; i++)
        print_fish_option(stream, &option_table[i]);
}

void completion_print(FILE *stream, enum completion_shell shell)
{
    switch (shell) {
    case COMPLETION_BASH:
        print_bash(stream);
        break;
    case COMPLETION_ZSH:
        print_zsh(stream);
        break;
    case COMPLETION_FISH:
        print_fish(stream);
        break;
    }
}
