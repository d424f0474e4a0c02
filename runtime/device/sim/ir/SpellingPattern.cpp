// This file implements the patterns that spell instruction forms.
#include "ir/SpellingPattern.h"

#include <algorithm>
#include <random>

namespace azulejo::sim {

namespace {
// The position behind the group that opens at `at`.
size_t behindGroup(std::string_view pattern, size_t at) {
  unsigned depth = 0;
  do {
    depth += pattern[at] == '(' ? 1 : 0;
    depth -= pattern[at] == ')' ? 1 : 0;
    ++at;
  } while (depth > 0);
  return at;
}

// The alternatives of the text inside a group.
std::vector<std::string_view> alternatives(std::string_view inside) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (size_t at = 0; at < inside.size();) {
    if (inside[at] == '(') {
      at = behindGroup(inside, at);
    } else if (inside[at++] == '|') {
      parts.push_back(inside.substr(start, at - 1 - start));
      start = at;
    }
  }
  parts.push_back(inside.substr(start));
  return parts;
}

// A pattern and what follows it.
struct Rest {
  std::string_view pattern;
  const Rest *next;
};

bool matchesRest(const Rest &rest, std::string_view text) {
  std::string_view pattern = rest.pattern;
  size_t at = std::min(pattern.find('('), pattern.size());
  if (text.substr(0, at) != pattern.substr(0, at))
    return false;
  text.remove_prefix(at);
  if (at == pattern.size())
    return rest.next != nullptr ? matchesRest(*rest.next, text) : text.empty();
  size_t end = behindGroup(pattern, at);
  Rest behind = {pattern.substr(end), rest.next};
  std::string_view inside = pattern.substr(at + 1, end - at - 2);
  size_t start = 0;
  for (size_t i = 0; i <= inside.size();) {
    if (i == inside.size() || inside[i] == '|') {
      if (matchesRest({inside.substr(start, i - start), &behind}, text))
        return true;
      start = ++i;
    } else {
      i = inside[i] == '(' ? behindGroup(inside, i) : i + 1;
    }
  }
  return false;
}
} // namespace

bool matchesPattern(std::string_view pattern, std::string_view text) {
  return matchesRest({pattern, nullptr}, text);
}

size_t spellingCount(std::string_view pattern) {
  size_t at = pattern.find('(');
  if (at == std::string_view::npos)
    return 1;
  size_t end = behindGroup(pattern, at), count = 0;
  for (std::string_view part : alternatives(pattern.substr(at + 1, end - at - 2)))
    count += spellingCount(part);
  return count * spellingCount(pattern.substr(end));
}

std::string spellingAt(std::string_view pattern, size_t index) {
  size_t at = pattern.find('(');
  if (at == std::string_view::npos)
    return std::string(pattern);
  size_t end = behindGroup(pattern, at);
  std::string_view tail = pattern.substr(end);
  size_t tails = spellingCount(tail), choice = index / tails;
  std::string head(pattern.substr(0, at));
  for (std::string_view part : alternatives(pattern.substr(at + 1, end - at - 2))) {
    size_t count = spellingCount(part);
    if (choice < count)
      return head + spellingAt(part, choice) + spellingAt(tail, index % tails);
    choice -= count;
  }
  return head; // past the last one
}

namespace {
// Spellings that have every alternative: the groups that follow each other advance together.
std::vector<std::string> coveringSpellings(std::string_view pattern) {
  size_t at = pattern.find('(');
  if (at == std::string_view::npos)
    return {std::string(pattern)};
  size_t end = behindGroup(pattern, at);
  std::vector<std::string> heads, spelled;
  for (std::string_view part : alternatives(pattern.substr(at + 1, end - at - 2)))
    for (const std::string &inside : coveringSpellings(part))
      heads.push_back(inside);
  std::vector<std::string> tails = coveringSpellings(pattern.substr(end));
  for (size_t i = 0; i < std::max(heads.size(), tails.size()); ++i)
    spelled.push_back(std::string(pattern.substr(0, at)) + heads[i % heads.size()] +
                      tails[i % tails.size()]);
  return spelled;
}
} // namespace

std::vector<std::string> sampleOf(std::string_view pattern, size_t more) {
  std::vector<std::string> spelled = coveringSpellings(pattern);
  size_t count = spellingCount(pattern);
  if (count <= spelled.size() + more) {
    spelled.clear();
    for (size_t i = 0; i < count; ++i)
      spelled.push_back(spellingAt(pattern, i));
    return spelled;
  }
  std::mt19937_64 random(count);
  for (size_t i = 0; i < more; ++i)
    spelled.push_back(spellingAt(pattern, random() % count));
  std::sort(spelled.begin(), spelled.end());
  spelled.erase(std::unique(spelled.begin(), spelled.end()), spelled.end());
  return spelled;
}

std::vector<std::string_view> familiesOf(std::string_view pattern) {
  std::vector<std::string_view> starts = {pattern}, families;
  if (pattern[0] == '(')
    starts = alternatives(pattern.substr(1, behindGroup(pattern, 0) - 2));
  for (std::string_view start : starts) {
    std::string_view family = start.substr(0, start.find_first_of(".("));
    if (std::find(families.begin(), families.end(), family) == families.end())
      families.push_back(family);
  }
  return families;
}

} // namespace azulejo::sim
