// This file declares how azulejo-translate evaluates modules.

#ifndef AZULEJO_LIB_REFERENCE_TRANSLATION_H
#define AZULEJO_LIB_REFERENCE_TRANSLATION_H

namespace azulejo::reference {

/// Registers `--evaluate`, which prints or stores the results of a module's functions, and
/// `--evaluate-pairs`, which compares results with expectations. Call it once, before options are
/// parsed.
void registerTranslations();

} // namespace azulejo::reference

#endif // AZULEJO_LIB_REFERENCE_TRANSLATION_H
