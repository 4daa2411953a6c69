#include "base/vocabulary.h"

#include <stdlib.h>
#include <string.h>

/* Sorted. The tool would write one word in a line. */
/* clang-format off */
static const char *const words[] = {
    "a", "abandoned", "about", "above", "accept", "accepted", "accepts",
    "access", "account", "accounts", "action", "active", "activity", "actual",
    "adapi", "add", "added", "additional", "address", "addresses", "admin",
    "administrator", "ads", "advertising", "after", "again", "against",
    "agency", "agent", "aggregator", "all", "allow", "allowed", "already",
    "also", "although", "always", "an", "and", "another", "any", "api",
    "apifault", "app", "application", "applications", "applied", "apply", "are",
    "argument", "array", "as", "asterisks", "at", "attempt", "attempts",
    "attribute", "attributes", "audience", "authenticate", "authenticated",
    "authentication", "authority", "authorization", "authorized", "automatic",
    "available", "back", "bad", "base", "batch", "be", "because", "become",
    "been", "before", "begin", "begins", "being", "below", "between", "bing",
    "body", "boolean", "both", "bulk", "business", "but", "by", "byte", "bytes",
    "cache", "call", "called", "caller", "calls", "can", "canceled", "cannot",
    "center", "certificate", "certificates", "change", "changed", "changes",
    "character", "characters", "check", "checked", "child", "choose", "city",
    "class", "clear", "clears", "client", "close", "closed", "code", "codes",
    "column", "combination", "common", "complete", "completed", "concurrency",
    "concurrent", "condition", "conflict", "conflicts", "connection", "consent",
    "consumer", "contact", "contain", "contained", "contains", "content",
    "context", "control", "conversion", "correct", "correctly", "correlation",
    "could", "count", "country", "create", "created", "credential",
    "credentials", "current", "customer", "customers", "data", "database",
    "date", "day", "days", "debug", "decimal", "deeply", "default", "delete",
    "deleted", "denied", "dependency", "deprecated", "describes", "description",
    "detail", "details", "developer", "device", "did", "different", "digit",
    "digits", "directory", "disabled", "disallowed", "display", "do",
    "document", "does", "domain", "done", "double", "down", "due", "duplicate",
    "during", "each", "earlier", "edge", "edit", "editorial", "either",
    "element", "elements", "email", "empty", "enable", "enabled", "encoding",
    "end", "endpoint", "enough", "ensure", "entered", "entity", "entries",
    "entry", "enum", "envelope", "equal", "error", "errors", "etag", "even",
    "exact", "exactly", "exceed", "exceeded", "exceeds", "except", "exception",
    "exhausted", "exist", "existent", "existing", "exists", "expected",
    "expects", "expired", "expires", "explicit", "external", "fail", "failed",
    "fails", "failure", "false", "fault", "fax", "feature", "few", "field",
    "fields", "file", "files", "filter", "find", "first", "flag", "following",
    "for", "forbidden", "form", "format", "found", "four", "from", "full",
    "function", "gateway", "general", "get", "given", "global", "grant",
    "granted", "greater", "group", "guid", "had", "half", "has", "have",
    "having", "header", "headers", "help", "history", "home", "host", "hour",
    "hours", "html", "http", "https", "id", "identifier", "identifiers",
    "identity", "if", "ignored", "image", "immutable", "impersonation",
    "improper", "in", "inactive", "inactivity", "include", "included",
    "includes", "incomplete", "incorrect", "index", "info", "information",
    "initial", "initialized", "inner", "input", "inputs", "installation",
    "instance", "instead", "insufficient", "integer", "interaction", "internal",
    "invalid", "is", "issue", "issued", "it", "item", "items", "its", "json",
    "just", "keep", "key", "keys", "kind", "known", "lacks", "language",
    "larger", "last", "later", "lcid", "least", "left", "length", "less",
    "letters", "level", "libcurl", "license", "life", "like", "limit", "limits",
    "line", "lines", "list", "locale", "location", "locked", "log", "login",
    "logon", "long", "longer", "lower", "lowercase", "made", "maintenance",
    "make", "makes", "malformed", "manager", "many", "market", "masked",
    "match", "matches", "matching", "maximum", "may", "media", "member",
    "members", "memory", "merge", "message", "messages", "method", "microsoft",
    "middle", "might", "milliseconds", "minimum", "minute", "minutes",
    "missing", "mobile", "modified", "more", "most", "move", "multi",
    "multiple", "must", "name", "names", "namespace", "namespaces", "national",
    "need", "needed", "needs", "negative", "nested", "never", "new", "newer",
    "next", "no", "node", "non", "none", "nor", "not", "nothing", "now", "null",
    "number", "numbers", "object", "objects", "obsolete", "occurred", "of",
    "off", "office", "older", "on", "once", "one", "only", "open", "operation",
    "operations", "option", "optional", "or", "order", "organisation",
    "organization", "original", "other", "others", "out", "outside", "over",
    "own", "owner", "page", "parameter", "parameters", "parent", "parse",
    "part", "partner", "party", "password", "path", "pending", "people", "per",
    "percent", "perform", "permission", "permissions", "permitted", "person",
    "personal", "phone", "please", "policy", "positive", "possible", "postal",
    "prefix", "present", "previous", "primary", "private", "probably",
    "problem", "process", "processed", "production", "profile", "program",
    "prohibited", "properly", "properties", "property", "provide", "provided",
    "provider", "province", "proxy", "public", "query", "question", "quota",
    "range", "rate", "reached", "read", "reason", "received", "record",
    "refresh", "region", "registered", "rejected", "relationship", "released",
    "remove", "removed", "repeat", "replace", "represent", "represented",
    "request", "requested", "requests", "require", "required", "requires",
    "reserved", "reset", "resource", "response", "restricted", "result",
    "results", "retry", "return", "returned", "returning", "returns", "right",
    "rights", "role", "roles", "root", "row", "rows", "rule", "run", "same",
    "sandbox", "schema", "scope", "scopes", "second", "seconds", "secret",
    "section", "secure", "security", "see", "seems", "select", "send",
    "sending", "sent", "server", "service", "services", "session", "set",
    "setting", "settings", "several", "shared", "short", "should", "show",
    "shows", "shut", "sign", "signature", "signed", "signs", "since", "single",
    "size", "so", "soap", "solution", "some", "something", "source", "space",
    "spaces", "special", "specified", "specify", "stale", "stamp", "standard",
    "start", "state", "status", "step", "still", "stop", "stopped", "store",
    "street", "string", "strong", "structure", "subscription", "success",
    "successful", "suffix", "supplied", "support", "supported", "suspended",
    "switched", "syntax", "system", "tag", "technical", "temporarily",
    "temporary", "tenant", "text", "than", "that", "the", "their", "them",
    "then", "there", "therefore", "these", "they", "this", "those", "throttled",
    "throttling", "through", "time", "timed", "timeout", "times", "timestamp",
    "title", "to", "together", "token", "tokens", "too", "total", "trace",
    "tracking", "traffic", "transaction", "transient", "true", "try", "two",
    "type", "types", "unable", "unauthorized", "unavailable", "unchanged",
    "under", "unexpected", "unexpectedly", "unique", "unit", "unknown",
    "unless", "unrecognized", "unsigned", "unsupported", "until", "unusable",
    "up", "update", "updated", "updates", "updating", "upper", "uppercase",
    "url", "usage", "use", "used", "user", "username", "users", "uses", "using",
    "valid", "validate", "validated", "validation", "validator", "value",
    "values", "verification", "verify", "version", "versions", "very", "via",
    "violation", "wait", "want", "was", "way", "we", "weak", "web", "well",
    "were", "what", "when", "where", "whether", "which", "while", "who",
    "whole", "will", "with", "within", "without", "word", "work", "would",
    "write", "written", "wrong", "xml", "year", "yes", "yet", "you", "your",
    "zero", "zone",
};
/* clang-format on */

static int compare(const void *word, const void *entry)
{
    return strcmp(word, *(const char *const *)entry);
}

/* A code of Microsoft's sign-in, such as AADSTS700082. */
static bool is_sign_in_code(const char *word)
{
    return strncmp(word, "aadsts", 6) == 0 &&
           !word[6 + strspn(word + 6, "0123456789")];
}

bool vocabulary_has(const char *word)
{
    if (is_sign_in_code(word))
        return true;
    return bsearch(word, words, sizeof(words) / sizeof(words[0]),
                   sizeof(words[0]), compare) != NULL;
}
