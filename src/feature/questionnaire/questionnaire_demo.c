/* The questionnaires of the demonstration region. Written as tables, read through
   the same door as everybody's files. The four sections of PERS are the report's
   four themes (DOMAIN P1); some items ask what the sources' figures are about
   (DOMAIN §6: rows 12–18). */
#include "feature/questionnaire/questionnaire_demo.h"

#include "base/buf.h"
#include "base/number.h"
#include "feature/questionnaire/questionnaire.h"

/* Texts in the questionnaire's languages, in their order; NULL ends early. */
typedef struct Words {
    const char *v[3];
} Words;

typedef struct DemoItem {
    const char *code, *kind, *scale; /* kind "row": of the matrix above */
    const char *flags;               /* "core", "reverse" … as JSON members, or "" */
    Words text;
} DemoItem;

typedef struct DemoSection {
    const char *code, *theme;
    Words title;
    const DemoItem *v;
    ptrdiff_t n;
} DemoSection;

typedef struct DemoOption {
    int value;
    Words text;
} DemoOption;

typedef struct DemoScale {
    const char *code, *sets;
    const DemoOption *v;
    ptrdiff_t n;
} DemoScale;

typedef struct DemoForm {
    const char *code, *scores; /* scores: JSON */
    Words title, languages;
    const DemoScale *scales;
    ptrdiff_t n_scales;
    const DemoSection *sections;
    ptrdiff_t n_sections;
} DemoForm;

#define CORE "\"core\":true"

/* ---- PERS ---------------------------------------------------------------------- */

static const DemoOption agree5[] = {
    {1, {{"Helt uenig", "Strongly disagree"}}},
    {2, {{"Uenig", "Disagree"}}},
    {3, {{"Hverken enig eller uenig", "Neither agree nor disagree"}}},
    {4, {{"Enig", "Agree"}}},
    {5, {{"Helt enig", "Strongly agree"}}},
    {9, {{"Ved ikke", "Don't know"}}},
};
static const DemoOption often[] = {
    {1, {{"Aldrig", "Never"}}},
    {2, {{"Sjældent", "Rarely"}}},
    {3, {{"Hver måned", "Every month"}}},
    {4, {{"Hver uge", "Every week"}}},
    {9, {{"Ved ikke", "Don't know"}}},
};
static const DemoOption ja_nej[] = {
    {1, {{"Ja", "Yes"}}},
    {2, {{"Nej", "No"}}}
};
static const DemoOption helped[] = {
    {1, {{"Kolleger i mit team", "Colleagues in my team"}}},
    {2, {{"En vejleder", "An adviser"}}},
    {3, {{"Min leder", "My manager"}}},
    {4, {{"PPR", "PPR (educational psychology)"}}},
    {5, {{"Videncentret", "The knowledge centre"}}},
    {6, {{"Ingen", "Nobody"}}},
};
static const DemoScale staff_scales[] = {
    {"enig5",  "\"agree\":[4,5],\"disagree\":[1,2],\"dont_know\":[9]", agree5, COUNT_OF(agree5)},
    {"tit",    "\"agree\":[3,4],\"disagree\":[1,2],\"dont_know\":[9]", often,  COUNT_OF(often) },
    {"janej",  "\"agree\":[1],\"disagree\":[2]",                       ja_nej, COUNT_OF(ja_nej)},
    {"hjaelp", "",                                                     helped, COUNT_OF(helped)},
};

static const DemoItem pupils_view[] = {
    {"E1", "single", "enig5", CORE,
     {{"Eleverne er med til at bestemme, hvad vi arbejder med, og hvordan", "Pupils help decide what we work on, and how"}}},
    {"E2", "single", "enig5", CORE,
     {{"Jeg bruger elevernes svar og udsagn, når jeg planlægger undervisning", "I use what pupils answer and say when I plan my teaching"}}},
    {"E3", "single", "enig5", CORE,
     {{"Alle elever i mine klasser har nogen at være sammen med i frikvarteret", "All pupils in my classes have someone to be with at break"}}},
    {"E4", "single", "enig5", CORE,
     {{"Vi har et fælles børnesyn på skolen", "We share a view of children at our school"}}},
};
static const DemoItem practice[] = {
    {"P1", "single",   "janej",  CORE,
     {{"Jeg har deltaget i aktionslæring i dette skoleår", "I have taken part in action learning this school year"}}},
    {"P2",
     "single",         "enig5",
     "\"ask_if\":{\"item\":\"P1\",\"in\":[1]}",
     {{"Aktionslæring har givet mig bedre indblik i min egen praksis", "Action learning has given me a better insight into my own practice"}}},
    {"P3", "single",   "enig5",  CORE,
     {{"Jeg har ændret noget i min undervisning i år og fulgt op på, hvordan det gik",
       "I have changed something in my teaching this year and followed up on how it went"}}},
    {"P4", "single",   "tit",    CORE,
     {{"Hvor tit ser en kollega din undervisning?", "How often does a colleague watch you teach?"}}},
    {"P5", "multiple", "hjaelp", "",
     {{"Hvem har hjulpet dig med en svær situation i år? Sæt gerne flere krydser.",
       "Who has helped you with a difficult situation this year? Tick as many as you like."}}},
};
static const DemoItem team[] = {
    {"S1",  "single", "enig5", CORE,
     {{"Mit team samarbejder om elevernes trivsel", "My team works together on pupils' well-being"}}},
    {"S2",  "single", "enig5", CORE,
     {{"Mit team samarbejder om elevernes læring", "My team works together on pupils' learning"}}},
    {"S3",
     "single",        "enig5",
     CORE ",\"reverse\":true",
     {{"Mit team sætter ikke tid af til at undersøge vores undervisning", "My team does not set aside time to look into our teaching"}}},
    {"S4",  "matrix", "enig5", CORE, {{"I mit team", "In my team"}}},
    {"S4A", "row",    "",      "",
     {{"siger vi det åbent, når noget er svært", "we say so openly when something is hard"}}},
    {"S4B", "row",    "",      "",
     {{"bruger vi hinandens viden om den enkelte elev", "we use each other's knowledge of the single pupil"}}},
    {"S4C", "row",    "",      "",
     {{"aftaler vi, hvad vi prøver af til næste gang", "we agree what to try out before next time"}}},
};
static const DemoItem leaders[] = {
    {"L1", "single", "enig5", CORE,
     {{"Ledelsen tager aktivt del i arbejdet med undervisningen", "The leaders take an active part in the work on teaching"}}},
    {"L2", "single", "enig5", CORE,
     {{"Ledelsen har en klar vision for skolens udvikling", "The leaders have a clear vision of where the school is going"}}},
    {"L3", "single", "enig5", CORE,
     {{"Ledelsen følger op på teamenes arbejde", "The leaders follow up on the teams' work"}}},
    {"L4", "single", "janej", "",
     {{"Jeg har brugt materiale fra videncentret i år", "I have used material from the knowledge centre this year"}}},
    {"L5", "number", "",      "",
     {{"Hvor mange timer om ugen bruger du på at forberede dig sammen med andre?",
       "How many hours a week do you spend preparing together with others?"}}},
    {"L6", "text",   "",      "",
     {{"Hvad vil hjælpe dig mest næste skoleår? Skriv ikke navne.", "What would help you most next school year? Do not write names."}}},
};
static const DemoSection staff_sections[] = {
    {"ELEV", "elevperspektiv",
     {{"Elevernes perspektiver", "The pupils' perspectives"}}, pupils_view, COUNT_OF(pupils_view)},
    {"PRAK", "praksis",
     {{"Tegn på forandring i praksis", "Signs of change in practice"}}, practice,    COUNT_OF(practice)   },
    {"SAM",  "samarbejde",
     {{"Samarbejde og kapacitet i professionelle læringsfællesskaber",
       "Working together in professional learning communities"}}, team,        COUNT_OF(team)       },
    {"LED",  "ledelse",
     {{"Ledelsesunderstøttelse og organisering", "Leaders' support and organisation"}}, leaders,     COUNT_OF(leaders)    },
};

/* ---- ELEV ---------------------------------------------------------------------- */

static const DemoOption three[] = {
    {3, {{"Ja, tit", "Yes, often"}}},
    {2, {{"Nogle gange", "Sometimes"}}},
    {1, {{"Nej, næsten aldrig", "No, hardly ever"}}}
};
static const DemoScale pupil_scales[] = {
    {"tre", "\"agree\":[3],\"disagree\":[1]", three, COUNT_OF(three)}
};
static const DemoItem well_being[] = {
    {"T1", "single", "tre", CORE, {{"Er du glad for at gå i skole?", "Do you like going to school?"}}},
    {"T2",
     "single",       "tre",
     CORE,
     {{"Har du nogen at være sammen med i frikvarteret?", "Do you have someone to be with at break?"}}},
    {"T3", "single", "tre", CORE, {{"Hjælper I hinanden i klassen?", "Do you help each other in class?"}}},
    {"T4",
     "single",       "tre",
     CORE ",\"reverse\":true",
     {{"Føler du dig alene i skolen?", "Do you feel alone at school?"}}},
    {"T5", "single", "tre", CORE, {{"Er der ro i timerne?", "Is it calm in lessons?"}}},
};
static const DemoItem learning[] = {
    {"U1",
     "single",       "tre",
     CORE,
     {{"Er du med til at bestemme, hvad I laver i timerne?", "Do you help decide what you do in lessons?"}}},
    {"U2",
     "single",       "tre",
     CORE,
     {{"Forstår du, hvad du skal lære?", "Do you understand what you are supposed to learn?"}}},
    {"U3", "single", "tre", CORE, {{"Får du hjælp, når noget er svært?", "Do you get help when something is hard?"}}},
    {"U4", "single", "tre", CORE, {{"Tør du sige noget i timen?", "Do you dare to speak up in lessons?"}}},
    {"U5", "single", "tre", CORE, {{"Lytter de voksne til dig?", "Do the adults listen to you?"}}},
};
static const DemoSection pupil_sections[] = {
    {"TRI", "elevperspektiv", {{"Sådan har jeg det", "How I am doing"}}, well_being, COUNT_OF(well_being)},
    {"UND", "praksis",        {{"I timerne", "In lessons"}},              learning,   COUNT_OF(learning)  },
};

/* ---- FORAELDRE ------------------------------------------------------------------- */

static const DemoOption parent5[] = {
    {1, {{"Helt uenig", "Strongly disagree", "Stimme gar nicht zu"}}},
    {2, {{"Uenig", "Disagree", "Stimme nicht zu"}}},
    {3, {{"Hverken enig eller uenig", "Neither agree nor disagree", "Teils, teils"}}},
    {4, {{"Enig", "Agree", "Stimme zu"}}},
    {5, {{"Helt enig", "Strongly agree", "Stimme voll zu"}}},
    {9, {{"Ved ikke", "Don't know", "Weiß nicht"}}},
};
static const DemoOption parent_yes[] = {
    {1, {{"Ja", "Yes", "Ja"}}},
    {2, {{"Nej", "No", "Nein"}}}
};
static const DemoScale parent_scales[] = {
    {"enig5", "\"agree\":[4,5],\"disagree\":[1,2],\"dont_know\":[9]", parent5,    COUNT_OF(parent5)   },
    {"janej", "\"agree\":[1],\"disagree\":[2]",                       parent_yes, COUNT_OF(parent_yes)},
};
static const DemoItem child[] = {
    {"B1",
     "single", "enig5",
     CORE,
     {{"Mit barn er glad for at gå i skole", "My child likes going to school", "Mein Kind geht gern in die Schule"}}},
    {"B2",
     "single", "enig5",
     CORE,
     {{"Mit barn har venner i klassen", "My child has friends in class", "Mein Kind hat Freunde in der Klasse"}}},
    {"B3",
     "single", "enig5",
     CORE, {{"Mit barn lærer det, det kan nå at lære", "My child learns as much as he or she can",
       "Mein Kind lernt so viel, wie es kann"}}},
    {"B4",
     "single", "enig5",
     CORE, {{"Mit barn får hjælp, når noget er svært", "My child gets help when something is hard",
       "Mein Kind bekommt Hilfe, wenn etwas schwer ist"}}},
};
static const DemoItem contact[] = {
    {"K1",
     "single", "enig5",
     CORE,                                      {{"Jeg ved, hvem jeg skal gå til, hvis noget er svært",
       "I know whom to turn to if something is difficult",
       "Ich weiß, an wen ich mich wenden kann, wenn etwas schwierig ist"}}},

    {"K2",
     "single", "janej",
     CORE,
     {{"Jeg har talt med en lærer eller pædagog om mit barn i dette skoleår",
       "I have talked with a teacher or pedagogue about my child this school year",
       "Ich habe in diesem Schuljahr mit einer Lehrkraft oder einem Pädagogen über mein Kind gesprochen"}}},

    {"K3",
     "single", "enig5",
     "\"ask_if\":{\"item\":\"K2\",\"in\":[1]}", {{"Jeg blev lyttet til i samtalen",
       "I was listened to in the conversation",
       "Im Gespräch wurde mir zugehört"}}},
    {"K4",
     "single", "enig5",
     CORE,                                      {{"Skolen fortæller tydeligt, hvad den arbejder med",
       "The school tells clearly what it is working on",
       "Die Schule sagt deutlich, woran sie arbeitet"}}},

    {"K5",
     "text",   "",
     "",
     {{"Hvad skal skolen vide? Skriv ikke navne.", "What should the school know? Please write no names.",
       "Was sollte die Schule wissen? Bitte schreiben Sie keine Namen."}}},

};
static const DemoSection parent_sections[] = {
    {"BARN",
     "elevperspektiv",     {{"Dit barn i skolen", "Your child at school", "Ihr Kind in der Schule"}},
     child,                                                                                                    COUNT_OF(child)  },
    {"HJEM", "samarbejde",
     {{"Skole og hjem", "School and home", "Schule und Elternhaus"}}, contact, COUNT_OF(contact)},
};

static const DemoForm forms[] = {
    {"PERS",
     "[{\"code\":\"TEAM\",\"title\":{\"da\":\"Teamets arbejde\",\"en\":\"The work of the team\"},"
     "\"items\":[\"S1\",\"S2\",\"S3\",\"S4A\",\"S4B\",\"S4C\"],\"min_answered\":0.5},"
     "{\"code\":\"LEDELSE\",\"title\":{\"da\":\"Ledelsens støtte\",\"en\":\"Support from leaders\"},"
     "\"items\":[\"L1\",\"L2\",\"L3\"],\"min_answered\":0.6}]",
     {{"Personale og ledere", "Staff and leaders"}},
     {{"da", "en"}},
     staff_scales,  COUNT_OF(staff_scales),
     staff_sections,  COUNT_OF(staff_sections) },
    {"ELEV",
     "[{\"code\":\"TRIVSEL\",\"title\":{\"da\":\"Trivsel\",\"en\":\"Well-being\"},"
     "\"items\":[\"T1\",\"T2\",\"T3\",\"T4\",\"T5\"],"
     "\"min_answered\":0.6}]",

     {{"Elever", "Pupils"}},
     {{"da", "en"}},
     pupil_scales,  COUNT_OF(pupil_scales),
     pupil_sections,  COUNT_OF(pupil_sections) },
    {"FORAELDRE",
     "[]", {{"Forældre",

       "Parents",
       "Eltern"}},
     {{"da", "en", "de"}},
     parent_scales, COUNT_OF(parent_scales),
     parent_sections, COUNT_OF(parent_sections)},
};

/* ---- as FORMATS §2 ------------------------------------------------------------------ */

typedef struct DemoWriter {
    Buf b;
    const DemoForm *form;
} DemoWriter;

static void lit(DemoWriter *w, const char *text)
{
    buf_add(&w->b, str_of_z(text));
}

static void text(DemoWriter *w, const char *value)
{
    buf_add_json(&w->b, str_of_z(value));
}

static void words(DemoWriter *w, const char *key, const Words *all)
{
    text(w, key);
    lit(w, ":{");
    for (int i = 0; i < 3 && all->v[i]; i++) {
        if (i) lit(w, ",");
        text(w, w->form->languages.v[i]);
        lit(w, ":");
        text(w, all->v[i]);
    }
    lit(w, "}");
}

static void scale(DemoWriter *w, const DemoScale *s)
{
    text(w, s->code);
    lit(w, ":{");
    lit(w, s->sets);
    lit(w, s->sets[0] ? ",\"options\":[" : "\"options\":[");
    for (ptrdiff_t i = 0; i < s->n; i++) {
        lit(w, i ? ",{\"value\":" : "{\"value\":");
        buf_add_i64(&w->b, s->v[i].value);
        lit(w, ",");
        words(w, "text", &s->v[i].text);
        lit(w, "}");
    }
    lit(w, "]}");
}

static bool is_row(const DemoItem *item)
{
    return str_eq(str_of_z(item->kind), S("row"));
}

static void member(DemoWriter *w, const char *key, const char *value)
{
    text(w, key);
    lit(w, ":");
    text(w, value);
    lit(w, ",");
}

/* The item at *at and, of a matrix, its rows; *at is then the next one. */
static void item(DemoWriter *w, const DemoSection *s, ptrdiff_t *at)
{
    const DemoItem *it = &s->v[(*at)++];
    lit(w, "{");
    member(w, "code", it->code);
    if (!is_row(it)) member(w, "kind", it->kind);
    if (it->scale[0]) member(w, "scale", it->scale);
    if (it->flags[0]) {
        lit(w, it->flags);
        lit(w, ",");
    }
    words(w, "text", &it->text);
    if (str_eq(str_of_z(it->kind), S("matrix"))) {
        lit(w, ",\"items\":[");
        for (bool first = true; *at < s->n && is_row(&s->v[*at]); first = false) {
            if (!first) lit(w, ",");
            item(w, s, at);
        }
        lit(w, "]");
    }
    lit(w, "}");
}

static void section(DemoWriter *w, const DemoSection *s)
{
    lit(w, "{");
    member(w, "code", s->code);
    member(w, "theme", s->theme);
    words(w, "title", &s->title);
    lit(w, ",\"items\":[");
    for (ptrdiff_t at = 0; at < s->n;) {
        if (at) lit(w, ",");
        item(w, s, &at);
    }
    lit(w, "]}");
}

static Str json_of(Ctx *c, const DemoForm *form)
{
    DemoWriter w = {.b = buf_new(c->arena, 64 << 10), .form = form};
    lit(&w, "{\"format\":\"traad-questionnaire-1\",");
    member(&w, "code", form->code);
    words(&w, "title", &form->title);
    lit(&w, ",\"languages\":[");
    for (int i = 0; i < 3 && form->languages.v[i]; i++) {
        if (i) lit(&w, ",");
        text(&w, form->languages.v[i]);
    }
    lit(&w, "],\"scales\":{");
    for (ptrdiff_t i = 0; i < form->n_scales; i++) {
        if (i) lit(&w, ",");
        scale(&w, &form->scales[i]);
    }
    lit(&w, "},\"sections\":[");
    for (ptrdiff_t i = 0; i < form->n_sections; i++) {
        if (i) lit(&w, ",");
        section(&w, &form->sections[i]);
    }
    lit(&w, "],\"scores\":");
    lit(&w, form->scores);
    lit(&w, "}");
    return buf_str(&w.b);
}

SQL(DEMO_OWNER, "SELECT coalesce(min(id), 0) FROM v_organisation_unit WHERE parent_id IS NULL");

Err questionnaire_demo(Ctx *c)
{
    UnitId owner = {0};
    TRY(db_one_i64(c, DEMO_OWNER, &owner.v));
    for (ptrdiff_t i = 0; i < COUNT_OF(forms); i++) {
        Questionnaire q = {0};
        bool is_new = false;
        TRY(questionnaire_parse(c, json_of(c, &forms[i]), &q));
        TRY(questionnaire_store(c, &q, owner, &is_new));
    }
    return OK;
}
