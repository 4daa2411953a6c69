#include "service/json_list.h"

#include "base/json.h"

/* Bytes of items that are parsed at a time. */
#define PIECE ((size_t)64 << 10)

static void take_piece(struct list_call *call)
{
    struct json_refusal refusal;
    struct cJSON *document =
        json_parse(call->document.data, call->document.len, &refusal);

    if (document)
        call->why = call->take(call, document);
    else if (refusal.no_memory)
        call->no_memory = true;
    else
        call->why = refusal.why;
    json_free(document);
}

/* If something is wrong, the rest is only received. A response that becomes too
 * large then ends the call. */
static void drain(void *context, struct buffer *body)
{
    struct list_call *call = context;

    if (call->why || call->no_memory ||
        json_split_scan(&call->split, body) < PIECE)
        return;
    if (json_split_move(&call->split, body, &call->document))
        call->no_memory = true;
    else
        take_piece(call);
}

void json_list_begin(struct list_call *call, const char *array,
                     json_list_take_fn *take, struct http_request *request)
{
    json_split_init(&call->split, array);
    call->take = take;
    call->drain = (struct http_drain){drain, call};
    request->drain = &call->drain;
}

int json_list_parse(const struct http_response *response,
                    json_parse_error_fn *parse_error, struct list_call *call,
                    struct api_error *api_error)
{
    struct cJSON *document;

    if (call->why)
        goto unexpected;
    if (call->no_memory) {
        api_error_init_memory(api_error, response);
        return -1;
    }
    document = json_user_parse(response, NULL, parse_error, api_error);
    if (!document)
        return -1;
    call->why = call->take(call, document);
    json_free(document);
    if (call->no_memory) {
        api_error_init_memory(api_error, response);
        return -1;
    }
    if (!call->why)
        return 0;

unexpected:
    api_error_init_unexpected(api_error, response, call->why);
    return -1;
}
