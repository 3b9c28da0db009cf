/* The structure tree while it grows, and the marked contents that hang on it. */
#include <assert.h>
#include <string.h>

#include "render/pdf/pdf_own.h"

static Node *append(Pdf *pdf, Node *parent, NodeKind kind)
{
    Node *n = NEW(pdf->c->arena, Node, 1);
    n->kind = kind;
    n->parent = parent;
    if (!parent) return n;
    if (parent->last)
        parent->last->next = n;
    else
        parent->first = n;
    parent->last = n;
    return n;
}

Node *pdf_node(Pdf *pdf, Node *parent, const char *role)
{
    Node *n = append(pdf, parent, NODE_ELEMENT);
    n->role = role;
    return n;
}

void pdf_mark_begin(Pdf *pdf, Node *parent)
{
    /* Cairo knows no artifact; pdf_finish turns "Private" into one. */
    assert(!pdf->open_tag);
    pdf->open_tag = parent ? parent->role : "Private";
    /* Cairo would make an annotation of its own from "Link". */
    if (strcmp(pdf->open_tag, "Link") == 0) pdf->open_tag = "Span";
    cairo_tag_begin(pdf->cr, pdf->open_tag, NULL);
    int number = pdf->marks++;
    if (!parent) return;
    Node *n = append(pdf, parent, NODE_CONTENT);
    n->page = pdf->page;
    n->number = number;
}

void pdf_mark_end(Pdf *pdf)
{
    assert(pdf->open_tag);
    cairo_tag_end(pdf->cr, pdf->open_tag);
    pdf->open_tag = NULL;
}

void pdf_link_box(Pdf *pdf, Node *link, Str words, Str address, Box box)
{
    Node *n = append(pdf, link, NODE_ANNOTATION);
    n->page = pdf->page;
    n->number = pdf->annotations++;
    n->words = words;
    n->address = address;
    n->box = box;
}
