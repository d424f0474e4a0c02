// This file implements the exact reading of decimal numbers.
#include "lib/Import/NumberText.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace azulejo {
namespace {

/// Larger exponents say the same: the number of digits of a text is far below.
constexpr int64_t maxExponent = int64_t(1) << 40;

/// The parts of a JSON number: sign, digits before and after the point, exponent text.
struct NumberParts {
  bool negative = false;
  llvm::StringRef whole, fraction, exponent;
};

llvm::StringRef takeDigits(llvm::StringRef &text) {
  llvm::StringRef digits = text.take_while(llvm::isDigit);
  text = text.drop_front(digits.size());
  return digits;
}

std::optional<NumberParts> splitNumber(llvm::StringRef text) {
  NumberParts parts;
  parts.negative = text.consume_front("-");
  parts.whole = takeDigits(text);
  if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0'))
    return std::nullopt;
  if (text.consume_front(".")) {
    parts.fraction = takeDigits(text);
    if (parts.fraction.empty())
      return std::nullopt;
  }
  if (text.consume_front("e") || text.consume_front("E")) {
    llvm::StringRef exponent = text;
    if (!text.consume_front("-"))
      text.consume_front("+");
    if (takeDigits(text).empty())
      return std::nullopt;
    exponent.consume_front("+");
    parts.exponent = exponent;
  }
  if (!text.empty())
    return std::nullopt;
  return parts;
}

template <typename T> std::optional<T> parseFloating(llvm::StringRef text) {
  std::optional<NumberParts> parts = splitNumber(text);
  if (!parts)
    return std::nullopt;
  T value = 0;
  std::from_chars_result result = std::from_chars(text.begin(), text.end(), value);
  if (result.ec == std::errc() && result.ptr == text.end())
    return value <= std::numeric_limits<T>::max() && value >= std::numeric_limits<T>::lowest()
               ? std::optional<T>(value)
               : std::nullopt;
  // Out of range: too small is zero. The place of the first non-zero digit tells which it was.
  llvm::SmallString<64> digits(parts->whole);
  digits += parts->fraction;
  size_t first = digits.str().find_first_not_of('0');
  int64_t exponent = 0;
  if (!parts->exponent.empty() && parts->exponent.getAsInteger(10, exponent))
    exponent = parts->exponent.starts_with("-") ? -maxExponent : maxExponent;
  exponent = std::clamp(exponent, -maxExponent, maxExponent);
  int64_t place =
      static_cast<int64_t>(parts->whole.size()) - static_cast<int64_t>(first) + exponent;
  if (first != llvm::StringRef::npos && place > 0)
    return std::nullopt;
  return parts->negative ? -T(0) : T(0);
}

} // namespace

std::optional<int64_t> ExactInteger::asSigned() const {
  constexpr uint64_t limit = uint64_t(1) << 63;
  if (magnitude > (negative ? limit : limit - 1))
    return std::nullopt;
  return negative ? static_cast<int64_t>(0 - magnitude) : static_cast<int64_t>(magnitude);
}

std::optional<uint64_t> ExactInteger::asUnsigned() const {
  if (negative && magnitude != 0)
    return std::nullopt;
  return magnitude;
}

std::optional<ExactInteger> parseExactInteger(llvm::StringRef text) {
  std::optional<NumberParts> parts = splitNumber(text);
  if (!parts)
    return std::nullopt;
  llvm::SmallString<64> digits(parts->whole);
  digits += parts->fraction;
  llvm::StringRef significant = digits.str().ltrim('0').rtrim('0');
  if (significant.empty())
    return ExactInteger{parts->negative, 0};
  // value = significant * 10^scale
  int64_t exponent = 0;
  if (!parts->exponent.empty() && parts->exponent.getAsInteger(10, exponent))
    return std::nullopt;
  if (exponent > 1'000'000'000 || exponent < -1'000'000'000)
    return std::nullopt;
  int64_t trailing = digits.size() - digits.str().rtrim('0').size();
  int64_t scale = exponent - static_cast<int64_t>(parts->fraction.size()) + trailing;
  if (scale < 0 || scale + significant.size() > 20)
    return std::nullopt;
  std::string exact = significant.str() + std::string(scale, '0');
  ExactInteger result{parts->negative, 0};
  if (llvm::StringRef(exact).getAsInteger(10, result.magnitude))
    return std::nullopt;
  return result;
}

std::optional<float> parseFloat(llvm::StringRef text) { return parseFloating<float>(text); }
std::optional<double> parseDouble(llvm::StringRef text) { return parseFloating<double>(text); }

} // namespace azulejo
