#include "service/bing/soap_envelope.h"

#include "base/version.h"
#include "base/xml.h"
#include "service/bing/soap_user.h"

int soap_build_headers(const struct call_context *context,
                       struct buffer *headers)
{
    (void)context; /* the tokens are in the envelope */
    return buffer_puts(headers,
                       "Content-Type: text/xml; charset=utf-8\n"
                       "Accept: text/xml\n"
                       "User-Agent: bauser-batch/" BAUSER_VERSION "\n");
}

static int put_token(struct buffer *body, const char *name, const char *token)
{
    if (!token)
        return 0;
    if (buffer_puts(body, "<") || buffer_puts(body, name) ||
        buffer_puts(body, " i:nil=\"false\">") || xml_put_text(body, token) ||
        buffer_puts(body, "</") || buffer_puts(body, name) ||
        buffer_puts(body, ">"))
        return -1;
    return 0;
}

/* In the order of the schema, which is alphabetical. Those that are not in the
 * version's header are NULL. */
static int put_tokens(struct buffer *body, const struct call_context *context)
{
    const struct {
        const char *name, *token;
    } tokens[] = {
        {"ApplicationToken", context->application_token},
        {"AuthenticationToken", context->access_token},
        {"DeveloperToken", context->developer_token},
        {"IdentityProvider", context->google ? "Google" : NULL},
        {"Password", context->password},
        {"UserName", context->user_name},
    };

    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
        if (put_token(body, tokens[i].name, tokens[i].token))
            return -1;
    return 0;
}

int soap_put_start(const struct call_context *context, const char *action,
                   struct http_request *request)
{
    const struct soap_version *version = context->service->version;
    struct buffer *body = &request->body;

    request->method = HTTP_POST;
    if (buffer_puts(&request->path, version->path) ||
        buffer_puts(&request->headers, "SOAPAction: ") ||
        buffer_puts(&request->headers, action) ||
        buffer_puts(&request->headers, "\n") ||
        buffer_puts(body,
                    "<s:Envelope xmlns:i=\"" XML_SCHEMA_INSTANCE
                    "\" xmlns:s=\"" SOAP_ENVELOPE "\"><s:Header xmlns=\"") ||
        buffer_puts(body, version->space) ||
        buffer_puts(body, "\"><Action mustUnderstand=\"1\">") ||
        buffer_puts(body, action) || buffer_puts(body, "</Action>") ||
        put_tokens(body, context) ||
        buffer_puts(body, "</s:Header><s:Body><") ||
        buffer_puts(body, action) || buffer_puts(body, "Request xmlns=\"") ||
        buffer_puts(body, version->space) || buffer_puts(body, "\">"))
        return -1;
    return 0;
}

int soap_put_end(const char *action, struct http_request *request)
{
    struct buffer *body = &request->body;

    return buffer_puts(body, "</") || buffer_puts(body, action) ||
                   buffer_puts(body, "Request></s:Body></s:Envelope>")
               ? -1
               : 0;
}

static int put_user_id(struct buffer *body, const char *key)
{
    if (!key)
        return buffer_puts(body, "<UserId i:nil=\"true\"/>");
    return buffer_puts(body, "<UserId i:nil=\"false\">") ||
                   buffer_puts(body, key) || buffer_puts(body, "</UserId>")
               ? -1
               : 0;
}

int soap_build_get(const struct call_context *context, const char *key,
                   struct http_request *request)
{
    request->once = false;
    return soap_put_start(context, "GetUser", request) ||
                   put_user_id(&request->body, key) ||
                   soap_put_end("GetUser", request)
               ? -1
               : 0;
}

int soap_build_update(const struct call_context *context,
                      const struct user *user, const struct sent *sent,
                      struct http_request *request)
{
    const struct soap_version *version = context->service->version;
    const struct xml_binding around[] = {{"i", XML_SCHEMA_INSTANCE},
                                         {"s", SOAP_ENVELOPE},
                                         {"", version->space},
                                         {NULL, NULL}};

    (void)sent;
    request->once = true;
    if (soap_put_start(context, "UpdateUser", request) ||
        soap_user_print(user, around, &request->body) ||
        soap_put_end("UpdateUser", request))
        return -1;
    return 0;
}
