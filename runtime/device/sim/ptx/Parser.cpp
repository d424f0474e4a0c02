// This file implements the parser of PTX modules: directives, functions and their parameters.
#include "ptx/Parser.h"
#include "ptx/ParserImpl.h"

#include <algorithm>
#include <charconv>

namespace azulejo::sim::ptx {

bool Parser::fail(const Token &at, const std::string &reason) {
  if (error.empty())
    error = module.name + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
            reason;
  return false;
}

bool Parser::advance() {
  token = lexer.next();
  return token.kind != Tok::Error || failHere(lexer.error());
}

std::string Parser::describe(const Token &at) const {
  return at.kind == Tok::End ? "the end of the text" : "'" + std::string(at.text) + "'";
}

bool Parser::expectPunct(char c) {
  if (!isPunct(c))
    return failHere(std::string("expected '") + c + "', got " + describe(token));
  return advance();
}

bool Parser::acceptPunct(char c, bool &accepted) {
  accepted = isPunct(c);
  return !accepted || advance();
}

bool Parser::expectInt(uint64_t &value) {
  if (token.kind != Tok::Int)
    return failHere("expected an integer, got " + describe(token));
  value = token.bits;
  return advance();
}

bool Parser::skipLine(uint32_t line) {
  while (token.kind != Tok::End && token.line == line)
    if (!advance())
      return false;
  return true;
}

bool Parser::parseModule() {
  scopes.emplace_back();
  if (!advance())
    return false;
  while (token.kind != Tok::End) {
    bool ok;
    if (isDirective(".version"))
      ok = parseVersion();
    else if (isDirective(".target"))
      ok = parseTarget();
    else if (isDirective(".address_size"))
      ok = skipLine(token.line);
    else if (isDirective(".file"))
      ok = parseFile();
    else if (isDirective(".section"))
      ok = skipSection();
    else if (isDirective(".pragma") || isDirective(".loc"))
      ok = skipLine(token.line);
    else if (token.kind == Tok::Directive)
      ok = parseDeclaration();
    else
      ok = failHere("expected a directive, got " + describe(token));
    if (!ok)
      return false;
  }
  if (module.version == 0)
    return failHere("the module has no .version; is it PTX");
  return module.sm != 0 || failHere("the module has no .target");
}

// "8.0" reaches us as a decimal float token.
bool Parser::parseVersion() {
  if (!advance())
    return false;
  std::string_view text = token.text;
  size_t dot = text.find('.');
  if (token.kind != Tok::Float64 || dot == std::string_view::npos || text.size() > 5 ||
      text.find('e') != std::string_view::npos)
    return failHere("expected a version such as 8.0, got " + describe(token));
  unsigned major = 0, minor = 0;
  for (char c : text.substr(0, dot))
    major = major * 10 + static_cast<unsigned>(c - '0');
  for (char c : text.substr(dot + 1))
    minor = minor * 10 + static_cast<unsigned>(c - '0');
  module.version = major * 10 + minor;
  if (module.version < 60 || module.version > 90)
    return failHere("PTX ISA versions 6.0 to 9.0 are understood, got " + std::string(text));
  return advance();
}

bool Parser::parseTarget() {
  if (!advance())
    return false;
  if (token.kind != Tok::Ident || token.text.substr(0, 3) != "sm_")
    return failHere("expected a target such as sm_80, got " + describe(token));
  module.target = token.text;
  for (size_t i = 3; i < token.text.size() && token.text[i] >= '0' && token.text[i] <= '9' && i < 7;
       ++i)
    module.sm = module.sm * 10 + static_cast<unsigned>(token.text[i] - '0');
  if (module.sm == 0)
    return failHere("expected a target such as sm_80, got " + describe(token));
  return skipLine(token.line);
}

bool Parser::parseFile() {
  uint32_t line = token.line;
  uint64_t number;
  if (!advance() || !expectInt(number))
    return false;
  if (token.kind != Tok::String)
    return failHere("expected the name of a file, got " + describe(token));
  module.files.emplace_back(static_cast<uint32_t>(number), token.text);
  return skipLine(line);
}

// Debug sections hold no code.
bool Parser::skipSection() {
  while (token.kind != Tok::End && !isPunct('{'))
    if (!advance())
      return false;
  while (token.kind != Tok::End && !isPunct('}'))
    if (!advance())
      return false;
  return expectPunct('}');
}

bool Parser::parseDeclaration() {
  bool isExtern = false;
  while (isDirective(".visible") || isDirective(".extern") || isDirective(".weak") ||
         isDirective(".common")) {
    isExtern |= isDirective(".extern");
    if (!advance())
      return false;
  }
  if (isDirective(".entry") || isDirective(".func")) {
    bool isEntry = isDirective(".entry");
    return advance() && parseFunction(isEntry, isExtern);
  }
  Space space;
  if (isDirective(".global"))
    space = Space::Global;
  else if (isDirective(".const"))
    space = Space::Const;
  else if (isDirective(".shared"))
    space = Space::Shared;
  else
    return failHere("directive " + describe(token) + " is not supported");
  return advance() && parseVariables(space, isExtern, false, nullptr);
}

bool Parser::parseDimensions(uint32_t (&dims)[3]) {
  dims[0] = dims[1] = dims[2] = 1;
  for (unsigned i = 0; i < 3; ++i) {
    uint64_t value;
    Token at = token;
    if (!expectInt(value))
      return false;
    if (value == 0 || value > 0x7fffffff)
      return fail(at, "dimension must be in 1..2147483647, got " + std::to_string(value));
    dims[i] = static_cast<uint32_t>(value);
    bool more;
    if (!acceptPunct(',', more))
      return false;
    if (!more)
      break;
  }
  return true;
}

bool Parser::parsePerformance(Function &fn, bool &found) {
  found = true;
  uint64_t value;
  if (isDirective(".maxntid"))
    return advance() && parseDimensions(fn.maxThreads);
  if (isDirective(".reqntid"))
    return advance() && parseDimensions(fn.requiredThreads);
  if (isDirective(".reqnctapercluster"))
    return advance() && parseDimensions(fn.requiredCluster);
  if (isDirective(".minnctapersm")) {
    if (!advance() || !expectInt(value))
      return false;
    fn.minCtas = static_cast<uint32_t>(value);
    return true;
  }
  if (isDirective(".maxnreg")) {
    if (!advance() || !expectInt(value))
      return false;
    fn.maxRegisters = static_cast<uint32_t>(std::min<uint64_t>(value, UINT32_MAX));
    return true;
  }
  if (isDirective(".maxclusterrank")) {
    if (!advance() || !expectInt(value))
      return false;
    fn.maxClusterRank = static_cast<uint32_t>(value);
    return true;
  }
  if (isDirective(".explicitcluster")) {
    fn.isExplicitCluster = true;
    return advance();
  }
  if (isDirective(".maxnctapersm") || isDirective(".abi_preserve") ||
      isDirective(".abi_preserve_control"))
    return advance() && expectInt(value);
  if (isDirective(".blocksareclusters"))
    return failHere("'.blocksareclusters', a grid counted in clusters, is not supported");
  if (isDirective(".noreturn") || isDirective(".unique"))
    return advance();
  if (isDirective(".pragma"))
    return skipLine(token.line);
  found = false;
  return true;
}

bool Parser::parseParams(Function &fn, std::vector<uint32_t> &params) {
  (void)fn;
  if (!expectPunct('('))
    return false;
  while (!isPunct(')')) {
    if (!isDirective(".param"))
      return failHere("expected .param, got " + describe(token) +
                      "; parameters in registers are not supported");
    bool comma;
    if (!advance() || !parseVariables(Space::Param, false, true, &params) ||
        !acceptPunct(',', comma))
      return false;
    if (!comma && !isPunct(')'))
      return failHere("expected ',' or ')', got " + describe(token));
  }
  return expectPunct(')');
}

bool Parser::parseFunction(bool isEntry, bool isExtern) {
  module.functions.emplace_back();
  function = &module.functions.back();
  function->isEntry = isEntry;
  scopes.resize(1);
  scopes.emplace_back();
  scopes.back().parent = 0;
  scope = 1;
  labelUses.clear();
  loc = SourceLoc();
  if (isPunct('(') && !parseParams(*function, function->returns))
    return false;
  if (token.kind != Tok::Ident)
    return failHere("expected the name of a function, got " + describe(token));
  function->name = token.text;
  function->line = token.line;
  if (!advance() || (isPunct('(') && !parseParams(*function, function->params)))
    return false;
  for (bool found = true; found;)
    if (!parsePerformance(*function, found))
      return false;
  if (isPunct(';') || isExtern) {
    // What follows a declaration is the module's again.
    scope = 0;
    return expectPunct(';');
  }
  function->isDefined = true;
  if (!isPunct('{'))
    return failHere("expected '{', got " + describe(token));
  if (!advance() || !parseBody())
    return false;
  return resolveLabels();
}

namespace {
// Our compiler names the nodes that .loc lines stand for in comments, "// node LINE NAME".
void readNodes(Module &module) {
  constexpr std::string_view kMark = "\n// node ";
  std::string_view text = module.text;
  for (size_t at = text.find(kMark); at != text.npos; at = text.find(kMark, at + 1)) {
    size_t start = at + kMark.size(), end = std::min(text.find('\n', start), text.size());
    std::string_view rest = text.substr(start, end - start);
    size_t blank = rest.find(' ');
    uint32_t line = 0;
    auto [stop, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), line);
    if (blank != rest.npos && fault == std::errc() && stop == rest.data() + blank)
      module.nodes.emplace_back(line, rest.substr(blank + 1));
  }
}
} // namespace

std::string lineOf(const Instruction &inst) {
  std::string line;
  for (char c : inst.text) {
    bool isBlank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!isBlank || (!line.empty() && line.back() != ' '))
      line += isBlank ? ' ' : c;
  }
  return line;
}

std::unique_ptr<Module> parse(std::string_view text, std::string_view name, std::string &error) {
  auto module = std::make_unique<Module>();
  module->text = std::string(text.substr(0, text.find('\0')));
  module->name = name.empty() ? "<ptx>" : std::string(name);
  error.clear();
  Parser parser(*module, error);
  if (!parser.parseModule())
    return nullptr;
  readNodes(*module);
  return module;
}

} // namespace azulejo::sim::ptx
