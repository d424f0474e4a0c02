// This file implements the mutation of PTX text for fuzzing.
#include "fuzz/Mutate.h"

#include "ir/Forms.h"
#include "ir/SpellingPattern.h"
#include "ptx/Lexer.h"
#include "test/FormText.h"

#include <vector>

namespace azulejo::sim::fuzz {

namespace {

// A piece of the text.
struct Piece {
  size_t at, size;
};

class Mutator {
public:
  Mutator(std::string text, std::mt19937_64 &random) : text(std::move(text)), random(random) {}

  std::string run(size_t maxBytes) {
    for (uint64_t changes = 1 + draw(8) * draw(2); changes > 0; --changes) {
      cut();
      change();
      if (text.size() > maxBytes)
        text.resize(maxBytes);
    }
    return text;
  }

private:
  uint64_t draw(uint64_t below) { return below == 0 ? 0 : random() % below; }

  // Finds tokens and statements.
  void cut() {
    tokens.clear();
    statements.clear();
    Lexer lexer(text);
    size_t start = 0;
    for (Token token = lexer.next(); token.kind != Tok::End && token.kind != Tok::Error;
         token = lexer.next()) {
      size_t at = size_t(token.text.data() - text.data());
      tokens.push_back({at, token.text.size()});
      if (token.kind == Tok::Punct && (token.punct == ';' || token.punct == '{')) {
        statements.push_back({start, at + 1 - start});
        start = at + 1;
      }
    }
  }

  Piece anyToken() { return tokens[draw(tokens.size())]; }
  Piece anyStatement() { return statements[draw(statements.size())]; }
  std::string textOf(Piece piece) const { return text.substr(piece.at, piece.size); }

  void change() {
    if (tokens.size() < 4 || statements.size() < 2 || draw(16) == 0)
      return changeBytes();
    switch (draw(10)) {
    case 0: // a token by another
      return replace(anyToken(), textOf(anyToken()));
    case 1:
      return replace(anyToken(), "");
    case 2: {
      Piece piece = anyToken();
      return replace(piece, textOf(piece) + " " + textOf(anyToken()));
    }
    case 3:
      return replace(anyStatement(), "");
    case 4: { // a statement again, elsewhere
      std::string copy = textOf(anyStatement());
      return insert(anyStatement(), copy);
    }
    case 5:
      return changeNumber();
    case 6:
    case 7:
      return changeModifier();
    default:
      return insert(anyStatement(), "\n" + instruction() + ";\n");
    }
  }

  void replace(Piece piece, const std::string &by) { text.replace(piece.at, piece.size, by); }
  void insert(Piece behind, const std::string &what) { text.insert(behind.at + behind.size, what); }

  void changeBytes() {
    for (uint64_t count = 1 + draw(4); count > 0 && !text.empty(); --count) {
      size_t at = draw(text.size());
      if (draw(3) == 0)
        text.insert(at, 1, char(draw(256)));
      else if (draw(2) == 0)
        text.erase(at, 1 + draw(8));
      else
        text[at] = char(uint8_t(text[at]) ^ (1u << draw(8)));
    }
  }

  std::string number() {
    static const char *kNumbers[] = {"0",
                                     "1",
                                     "-1",
                                     "2",
                                     "3",
                                     "7",
                                     "16",
                                     "31",
                                     "32",
                                     "33",
                                     "64",
                                     "255",
                                     "256",
                                     "1024",
                                     "4095",
                                     "65535",
                                     "65536",
                                     "0x7fffffff",
                                     "0x80000000",
                                     "0xffffffff",
                                     "1048576",
                                     "4294967296",
                                     "0x7fffffffffffffff",
                                     "0xffffffffffffffff",
                                     "0f7FC00000",
                                     "0f00000001",
                                     "0d7FF0000000000000",
                                     "1e400",
                                     "0f3F800000"};
    return kNumbers[draw(sizeof(kNumbers) / sizeof(kNumbers[0]))];
  }

  void changeNumber() {
    for (unsigned tries = 0; tries < 20; ++tries) {
      Piece piece = anyToken();
      if (text[piece.at] >= '0' && text[piece.at] <= '9')
        return replace(piece, number());
    }
    insert(anyToken(), " " + number() + " ");
  }

  // One dotted part of an opcode by another, or all of it by another spelling of its row.
  void changeModifier() {
    for (unsigned tries = 0; tries < 30; ++tries) {
      Piece piece = anyToken();
      std::string opcode = textOf(piece);
      size_t dot = opcode.find('.');
      if (dot == std::string::npos || dot == 0)
        continue;
      if (const Form *form = draw(2) == 0 ? findForm(opcode) : nullptr)
        return replace(piece, spellingOf(*form));
      std::string from = spellingOf(anyForm());
      size_t start = from.find('.', draw(from.size()));
      size_t at = opcode.find('.', draw(opcode.size()));
      if (start == std::string::npos || at == std::string::npos)
        continue;
      size_t end = std::min(opcode.find('.', at + 1), opcode.size());
      size_t stop = std::min(from.find('.', start + 1), from.size());
      return replace(piece,
                     opcode.substr(0, at) + from.substr(start, stop - start) + opcode.substr(end));
    }
  }

  const Form &anyForm() { return *allForms()[draw(allForms().size())]; }

  std::string spellingOf(const Form &form) {
    std::string opcode = spellingAt(form.spellings, draw(spellingCount(form.spellings)));
    return opcode.substr(0, opcode.find_first_of("{%"));
  }

  // An instruction of the tables, its registers named like registers of the text.
  std::string instruction() {
    const Form &form = anyForm();
    std::string opcode = spellingOf(form);
    std::vector<std::string> texts = test::instructionsOf(form, opcode);
    std::string made = texts.empty() ? opcode : texts[draw(texts.size())];
    if (draw(4) == 0)
      made = "@%p1 " + made;
    return made;
  }

  std::string text;
  std::mt19937_64 &random;
  std::vector<Piece> tokens, statements;
};
} // namespace

std::string mutate(const std::string &text, std::mt19937_64 &random, size_t maxBytes) {
  return Mutator(text, random).run(maxBytes);
}

} // namespace azulejo::sim::fuzz
