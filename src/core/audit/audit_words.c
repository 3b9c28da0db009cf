#include "core/audit/audit_words.h"

#include "base/str.h"

const AuditWord audit_verbs[] = {
    {"look", T_INIT("Så")},
    {"refused.reach", T_INIT("Fik ikke adgang: uden for egne enheder")},
    {"refused.role", T_INIT("Fik ikke adgang: rollen giver ikke ret")},
    {"sign-in", T_INIT("Loggede ind")},
    {"sign-in.failed", T_INIT("Prøvede at logge ind")},
    {"sign-out", T_INIT("Loggede af")},
    {"session.end", T_INIT("Afsluttede et log-in")},
    {"sessions.end", T_INIT("Afsluttede alle log-in")},
    {"confirm", T_INIT("Viste igen, hvem det er")},
    {"confirm.failed", T_INIT("Kunne ikke vise, hvem det er")},
    {"account.invite", T_INIT("Inviterede")},
    {"account.password", T_INIT("Valgte adgangskode")},
    {"account.reset-link", T_INIT("Gav link til ny adgangskode")},
    {"reset.asked", T_INIT("Bad om nyt link")},
    {"account.second-on", T_INIT("Slog kode fra app til")},
    {"account.second-off", T_INIT("Slog kode fra app fra")},
    {"account.close", T_INIT("Lukkede kontoen")},
    {"account.open", T_INIT("Åbnede kontoen")},
    {"consent.ask", T_INIT("Bad en anden administrator om et ja")},
    {"consent.give", T_INIT("Sagde ja som den anden af to administratorer")},
    {"consent.refuse", T_INIT("Afviste det, der ventede på en anden administrator")},
    {"person.set", T_INIT("Rettede en persons oplysninger")},
    {"person.email", T_INIT("Ændrede en persons e-mail")},
    {"role.grant", T_INIT("Gav en rolle")},
    {"role.propose", T_INIT("Foreslog en rolle")},
    {"role.confirm", T_INIT("Bekræftede en rolle")},
    {"role.end", T_INIT("Afsluttede en rolle")},
    {"role.side", T_INIT("Ændrede en rolles titel eller side")},
    {"organisation.add", T_INIT("Oprettede en enhed")},
    {"organisation.edit", T_INIT("Rettede en enhed")},
    {"organisation.end", T_INIT("Afsluttede en enhed")},
    {"organisation.merge", T_INIT("Lagde enheder sammen")},
    {"organisation.split", T_INIT("Delte en enhed")},
    {"organisation.rollover", T_INIT("Rykkede klasser op")},
    {"organisation.import", T_INIT("Hentede enheder ind fra en fil")},
    {"questionnaire.store", T_INIT("Gemte et spørgeskema")},
    {"wave.add", T_INIT("Lavede en måling")},
    {"wave.edit", T_INIT("Rettede en målings navn eller dage")},
    {"wave.move", T_INIT("Flyttede en måling et trin")},
    {"wave.invited", T_INIT("Skrev, hvor mange der er inviteret")},
    {"wave.release", T_INIT("Frigav en målings rapporter til skolerne")},
    {"wave.codes", T_INIT("Hentede koder til en måling")},
    {"wave.addresses", T_INIT("Ændrede en målings mailadresser")},
    {"wave.returned", T_INIT("Markerede mails, der kom retur")},
    {"wave.letter", T_INIT("Skrev en målings mail om")},
    {"wave.mail", T_INIT("Bestilte invitationer på mail")},
    {"wave.remind", T_INIT("Bestilte en påmindelse på mail")},
    {"wave.unmail", T_INIT("Tog en udsendelse af planen")},
    {"report.show", T_INIT("Viste en rapport")},
    {"report.open", T_INIT("Åbnede en rapport for politikere og bestyrelser")},
    {"contact.set", T_INIT("Rettede kontaktoplysninger")},
    {"support.ask", T_INIT("Spurgte support")},
    {"support.answer", T_INIT("Svarede på et spørgsmål")},
    {0},
};

static const AuditWord objects[] = {
    {"account", T_INIT("person")},
    {"audit", T_INIT("loggen")},
    {"contact", T_INIT("kontaktoplysninger")},
    {"job", T_INIT("arbejde i kø")},
    {"kommunerapport", T_INIT("kommunerapport")},
    {"organisation", T_INIT("enhed")},
    {"questionnaire", T_INIT("spørgeskema")},
    {"response_rate", T_INIT("svarprocent")},
    {"session", T_INIT("log-in")},
    {"skolerapport", T_INIT("skolerapport")},
    {"support", T_INIT("spørgsmål til support")},
    {"wave", T_INIT("måling")},
    {"wave_codes", T_INIT("koder til en måling")},
    {"wave_mail", T_INIT("en målings mailadresser")},
    {0},
};

static Msg words_of(const AuditWord *all, Str code)
{
    for (const AuditWord *w = all; w->code; w++)
        if (str_eq(str_of_z(w->code), code)) return w->words;
    return msg_verbatim(code);
}

Msg audit_verb_words(Str code)
{
    return words_of(audit_verbs, code);
}

Msg audit_object_words(Str code)
{
    return words_of(objects, code);
}
