#include "ending/hooks.h"

#include <stdio.h>

#include "cli/url.h"
#include "ending/command.h"
#include "net/curl_ping.h"
#include "report/summary_json.h"

#define COMMAND_MS (60 * 1000) /* that a command may take */

static void warn(const char *option, const struct error *error)
{
    fprintf(stderr, "bauser-batch: warning: %s: %s\n", option, error->text);
}

static void send_ping(const struct options *options, const char *path)
{
    const struct ping ping = {
        .url = options->ping,
        .path = path,
        .cacert = options->cacert,
        .proxy = options->ping && !url_is_local(options->ping) ? options->proxy
                                                               : NULL,
    };
    struct error error;

    if (ping.url && curl_ping_send(&ping, &error))
        warn("--ping", &error);
}

void hooks_start(const struct options *options)
{
    send_ping(options, "/start");
}

static void run_command(const char *command, const struct run_summary *summary)
{
    struct buffer text;
    struct error error;

    buffer_init(&text, SUMMARY_JSON_MAX);
    if (summary_json_format(&text, summary)
            ? error_memory(&error)
            : command_run(command, text.data, text.len, COMMAND_MS, &error))
        warn("--on-end", &error);
    buffer_free(&text);
}

void hooks_end(const struct options *options, const struct run_summary *summary)
{
    char path[16] = "";

    if (summary->exit_status != 0)
        (void)snprintf(path, sizeof(path), "/%d", summary->exit_status);
    send_ping(options, path);
    if (options->on_end)
        run_command(options->on_end, summary);
}
