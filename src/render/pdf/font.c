#include "render/pdf/font.h"

#include <fontconfig/fontconfig.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* FONT_DIR is given by meson.build. */
#define EMBED(symbol, file)                                                                               \
    __asm__(".pushsection .rodata\n.balign 16\n" #symbol ":\n.incbin \"" FONT_DIR "/" file "\"\n" #symbol \
            "_end:\n.byte 0\n.popsection\n");                                                             \
    extern const char symbol[] __attribute__((visibility("hidden")));                                     \
    extern const char symbol##_end[] __attribute__((visibility("hidden")))

EMBED(plex_regular, "IBMPlexSans-Regular.ttf");
EMBED(plex_italic, "IBMPlexSans-Italic.ttf");
EMBED(plex_semibold, "IBMPlexSans-SemiBold.ttf");
EMBED(plex_bold, "IBMPlexSans-Bold.ttf");

static const struct {
    const char *from, *to;
} FILES[PDF_FONT_COUNT] = {
    {plex_regular,  plex_regular_end },
    {plex_italic,   plex_italic_end  },
    {plex_semibold, plex_semibold_end},
    {plex_bold,     plex_bold_end    },
};

static int file_in_memory(const char *from, const char *to)
{
    int fd = memfd_create("letters", MFD_CLOEXEC);
    if (fd < 0) return -1;
    while (from < to) {
        ssize_t n = write(fd, from, (size_t)(to - from));
        if (n <= 0) {
            close(fd);
            return -1;
        }
        from += n;
    }
    return fd;
}

static bool add_file(PdfFonts *fonts, int i)
{
    fonts->fd[i] = file_in_memory(FILES[i].from, FILES[i].to);
    if (fonts->fd[i] < 0) return false;
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fonts->fd[i]);
    return FcConfigAppFontAddFile(fonts->config, (const FcChar8 *)path);
}

bool pdf_fonts_open(PdfFonts *ret)
{
    PdfFonts fonts = {
        .config = FcConfigCreate(), .fd = {-1, -1, -1, -1}
    };
    if (!fonts.config) return false;
    for (int i = 0; i < PDF_FONT_COUNT; i++) {
        if (add_file(&fonts, i)) continue;
        pdf_fonts_close(&fonts);
        return false;
    }
    *ret = fonts;
    return true;
}

void pdf_fonts_close(PdfFonts *fonts)
{
    if (fonts->config) FcConfigDestroy(fonts->config);
    fonts->config = NULL;
    for (int i = 0; i < PDF_FONT_COUNT; i++)
        if (fonts->fd[i] >= 0) close(fonts->fd[i]);
}
