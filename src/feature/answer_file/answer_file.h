/* `traad survey answers`: answers in bulk (FORMATS §3). */
#ifndef FEATURE_ANSWER_FILE_ANSWER_FILE_H
#define FEATURE_ANSWER_FILE_ANSWER_FILE_H

#include "core/feature.h"

extern const Feature answer_file_feature;

#endif
