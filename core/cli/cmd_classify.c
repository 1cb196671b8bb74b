#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static option options[] = {
    {"url", "URL", "the page's address, or only ?query", NULL},
    {"referrer", "URL", "where the visitor came from", NULL},
    {"source", "NAME", "a source that is known already; wins over the URL", NULL},
    {"medium", "NAME", "its medium", NULL},
    {"campaign", "NAME", "its campaign", NULL},
    {.name = NULL}};

static hw_str given(const command *cmd, const char *name) {
    const char *z = option_given(cmd, name);
    return z ? hw__str_of(z) : (hw_str){NULL, 0};
}

static void write(hw__json *j, const hw_classified *c) {
    static const char *const origins[] = {"direct", "referrer", "tagged", "internal"};
    const char *const names[] = {"channel", "source", "medium", "campaign", "term", "content"};
    const hw_str values[] = {c->source.channel,  c->source.source, c->source.medium,
                             c->source.campaign, c->source.term,   c->source.content};
    hw__json_open(j, '{');
    for (int i = 0; i < 6; i++) {
        hw__json_key(j, names[i]);
        hw__json_str(j, values[i]);
    }
    hw__json_key(j, "click_ids");
    hw__json_open(j, '{');
    for (size_t i = 0; i < HW_CLICK_ID_COUNT; i++) {
        if (!c->click_id[i].len) continue;
        hw__json_key(j, hw_click_id_name(i));
        hw__json_str(j, c->click_id[i]);
    }
    hw__json_close(j, '}');
    hw__json_key(j, "origin");
    hw__json_str(j, hw__str_of(origins[c->origin]));
    hw__json_key(j, "rule");
    hw__json_str(j, c->rule);
    hw__json_close(j, '}');
}

static int run(command *self, int argc, char **argv) {
    if (argc) return COMPLAIN(EXIT_USAGE, "classify: unexpected \"", argv[0], "\"; give --url URL");
    hw_str url = given(self, "url"), referrer = given(self, "referrer");
    hw_source known = {.source = given(self, "source"),
                       .medium = given(self, "medium"),
                       .campaign = given(self, "campaign")};
    if (!url.ptr && !referrer.ptr && !known.source.ptr)
        return COMPLAIN(EXIT_USAGE, "classify: give --url URL, --referrer URL or --source NAME");
    hw_allocator a = hw_default_allocator();
    size_t cap = hw_classify_scratch(url, referrer, &known);
    char *scratch = a.alloc(a.ctx, cap);
    if (!scratch) return COMPLAIN(EXIT_DATA, "classify: out of memory");
    hw_classified c;
    hw_sources *sources;
    hw_status s = hw_sources_create(&a, &sources);
    if (s == HW_OK) s = hw_classify(sources, NULL, url, referrer, &known, scratch, cap, &c);
    hw_sources_destroy(sources);
    if (s == HW_OK) {
        hw__json size = {.cap = 0};
        write(&size, &c);
        char *text = a.alloc(a.ctx, size.len);
        if (text) {
            hw__json j = {.at = text, .cap = size.len};
            write(&j, &c);
            out_bytes(text, j.len);
            out("\n");
        } else
            s = HW_E_NOMEM;
        a.free(a.ctx, text, size.len);
    }
    a.free(a.ctx, scratch, cap);
    return s == HW_OK ? EXIT_FINE : COMPLAIN(EXIT_DATA, "classify: ", hw_status_text(s));
}

command cmd_classify = {"classify",
                        "Tells source and channel of a visit, as JSON",
                        "--url URL [--referrer URL]",
                        options,
                        run,
                        NULL};
