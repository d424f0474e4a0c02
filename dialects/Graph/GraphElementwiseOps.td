// This file declares the elementwise operators of the graph dialect.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHELEMENTWISEOPS_TD
#define AZULEJO_DIALECTS_GRAPH_GRAPHELEMENTWISEOPS_TD

include "dialects/Graph/GraphOpBase.td"

// ---- One operand ---------------------------------------------------------------------------------

class Graph_UnaryOp<string mnemonic, Type operandType>
    : Graph_InferredOp<mnemonic, [SameOperandsAndResultElementType]> {
  let arguments = (ins operandType:$input);
  let results = (outs operandType:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Graph_NegOp : Graph_UnaryOp<"neg", Graph_NumericTensor> {
  let summary = "Negate each element";
  let description = [{
    `result[i] = -input[i]`. For floats the sign bit is flipped, also of zeros and NaNs. For integers the
    result wraps: the negation of the least value is itself.

    ```mlir
    %y = graph.neg %x : (tensor<2xf32>) -> tensor<2xf32>
    ```
  }];
  let hasFolder = 1;
}

def Graph_AbsOp : Graph_UnaryOp<"abs", Graph_NumericTensor> {
  let summary = "Take the absolute value of each element";
  let description = [{
    `result[i] = |input[i]|`. For floats the sign bit is cleared, also of zeros and NaNs. For signed integers
    the absolute value of the least value is itself; unsigned integers are unchanged.

    ```mlir
    %y = graph.abs %x : (tensor<2xf32>) -> tensor<2xf32>
    ```
  }];
}

class Graph_FloatUnaryOp<string mnemonic, string formula, string edges>
    : Graph_UnaryOp<mnemonic, Graph_FloatTensor> {
  let description = "`result[i] = " # formula # "`. " # edges #
    " A NaN gives NaN. f16 and bf16 are computed as f32 and rounded once.\n\n```mlir\n%y = graph." # mnemonic #
    " %x : (tensor<2xf32>) -> tensor<2xf32>\n```\n";
}

def Graph_ExpOp : Graph_FloatUnaryOp<"exp", "e ^ input[i]",
    "-Inf gives 0, +Inf and any overflow give +Inf."> {
  let summary = "Raise e to the power of each element";
}
def Graph_LogOp : Graph_FloatUnaryOp<"log", "ln(input[i])",
    "Both zeros give -Inf, a negative value gives NaN."> {
  let summary = "Take the natural logarithm of each element";
}
def Graph_SqrtOp : Graph_FloatUnaryOp<"sqrt", "input[i] ^ (1/2)",
    "-0 gives -0, a negative value gives NaN."> {
  let summary = "Take the square root of each element";
}
def Graph_RsqrtOp : Graph_FloatUnaryOp<"rsqrt", "1 / sqrt(input[i])",
    "+0 gives +Inf, -0 gives -Inf, a negative value gives NaN."> {
  let summary = "Take the reciprocal square root of each element";
}
def Graph_ReciprocalOp : Graph_FloatUnaryOp<"reciprocal", "1 / input[i]",
    "A zero gives the infinity of its sign."> {
  let summary = "Take the reciprocal of each element";
}
def Graph_SinOp : Graph_FloatUnaryOp<"sin", "sin(input[i])",
    "The argument is in radians; an infinity gives NaN."> {
  let summary = "Take the sine of each element";
}
def Graph_CosOp : Graph_FloatUnaryOp<"cos", "cos(input[i])",
    "The argument is in radians; an infinity gives NaN."> {
  let summary = "Take the cosine of each element";
}
def Graph_TanhOp : Graph_FloatUnaryOp<"tanh", "tanh(input[i])",
    "The infinities give -1 and 1, -0 gives -0."> {
  let summary = "Take the hyperbolic tangent of each element";
}
def Graph_SigmoidOp : Graph_FloatUnaryOp<"sigmoid", "1 / (1 + e ^ -input[i])",
    "-Inf gives 0, +Inf gives 1."> {
  let summary = "Take the logistic function of each element";
}
def Graph_ErfOp : Graph_FloatUnaryOp<"erf", "2 / sqrt(pi) * integral of e ^ -t^2 from 0 to input[i]",
    "The infinities give -1 and 1, -0 gives -0."> {
  let summary = "Take the error function of each element";
}
def Graph_FloorOp : Graph_FloatUnaryOp<"floor", "greatest integer <= input[i]",
    "Infinities and zeros are unchanged."> {
  let summary = "Round each element toward minus infinity";
}
def Graph_CeilOp : Graph_FloatUnaryOp<"ceil", "least integer >= input[i]",
    "Infinities and zeros are unchanged; values in (-1, 0) give -0."> {
  let summary = "Round each element toward plus infinity";
}
def Graph_RoundOp : Graph_FloatUnaryOp<"round", "integer nearest to input[i], ties to even",
    "Infinities and zeros are unchanged; the sign is kept, so -0.5 gives -0."> {
  let summary = "Round each element to the nearest integer, ties to even";
}

def Graph_SignOp : Graph_UnaryOp<"sign", Graph_NumericTensor> {
  let summary = "Take the sign of each element";
  let description = [{
    `result[i]` is -1, 0 or 1 as `input[i]` is negative, zero or positive. Both zeros give +0 and a NaN gives
    NaN.

    ```mlir
    %y = graph.sign %x : (tensor<2xf32>) -> tensor<2xf32>
    ```
  }];
}

def Graph_NotOp : Graph_UnaryOp<"not", Graph_BitsTensor> {
  let summary = "Invert each bit";
  let description = [{
    For i1 `result[i] = !input[i]`; for integers every bit is inverted.

    ```mlir
    %y = graph.not %x : (tensor<2xi1>) -> tensor<2xi1>
    ```
  }];
  let hasFolder = 1;
}

class Graph_FloatTestOp<string mnemonic> : Graph_InferredOp<mnemonic> {
  let arguments = (ins Graph_FloatTensor:$input);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Graph_IsNanOp : Graph_FloatTestOp<"is_nan"> {
  let summary = "Ask of each element whether it is a NaN";
  let description = [{
    `result[i] = (input[i] is NaN)`.

    ```mlir
    %y = graph.is_nan %x : (tensor<2xf32>) -> tensor<2xi1>
    ```
  }];
}

def Graph_IsInfOp : Graph_FloatTestOp<"is_inf"> {
  let summary = "Ask of each element whether it is an infinity";
  let description = [{
    `result[i] = (input[i] is +Inf or -Inf)`.

    ```mlir
    %y = graph.is_inf %x : (tensor<2xf32>) -> tensor<2xi1>
    ```
  }];
}

def Graph_CastOp : Graph_Op<"cast"> {
  let summary = "Convert each element to another element type";
  let description = [{
    `result[i] = convert(input[i])`.

    - float to float: rounded to nearest, ties to even; overflow gives an infinity, a NaN stays a NaN.
    - float to integer: rounded toward zero. A value that does not fit, an infinity and a NaN give an
      unspecified integer.
    - integer to integer: the low bits are kept; a signed source is sign-extended.
    - to i1: true where the element is not equal to zero (a NaN is true); from i1: 0 or 1.

    (C1) `input` and `result` have equal dimensions.

    ```mlir
    %y = graph.cast %x : (tensor<2xf32>) -> tensor<2xi32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

// ---- Two operands --------------------------------------------------------------------------------

class Graph_BinaryOp<string mnemonic, Type operandType, list<Trait> traits = []>
    : Graph_InferredOp<mnemonic, !listconcat([SameOperandsAndResultElementType], traits)> {
  let arguments = (ins operandType:$lhs, operandType:$rhs);
  let results = (outs operandType:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

class Graph_BinaryText<string mnemonic, string body, string type = "f32"> {
  string text = body # [{

    The operands are broadcast as in numpy: dimensions are aligned at the last one, a missing dimension
    counts as 1, and a dimension of size 1 is repeated.

    (C1) Aligned dimensions are provably equal, or one of them is the constant 1.

    ```mlir
    %y = graph.}] # mnemonic # " %a, %b : (tensor<2x3x" # type # ">, tensor<3x" # type # ">) -> tensor<2x3x"
    # type # ">\n    ```\n";
}

def Graph_AddOp : Graph_BinaryOp<"add", Graph_NumericTensor, [Commutative]> {
  let summary = "Add two tensors element by element";
  let description = Graph_BinaryText<"add", [{
    `result[i] = lhs[i] + rhs[i]`. Floats as IEEE 754 says, integers wrap.}]>.text;
  let hasFolder = 1;
}
def Graph_SubOp : Graph_BinaryOp<"sub", Graph_NumericTensor> {
  let summary = "Subtract two tensors element by element";
  let description = Graph_BinaryText<"sub", [{
    `result[i] = lhs[i] - rhs[i]`. Floats as IEEE 754 says, integers wrap.}]>.text;
  let hasFolder = 1;
}
def Graph_MulOp : Graph_BinaryOp<"mul", Graph_NumericTensor, [Commutative]> {
  let summary = "Multiply two tensors element by element";
  let description = Graph_BinaryText<"mul", [{
    `result[i] = lhs[i] * rhs[i]`. Floats as IEEE 754 says, integers wrap.}]>.text;
  let hasFolder = 1;
}
def Graph_DivOp : Graph_BinaryOp<"div", Graph_NumericTensor> {
  let summary = "Divide two tensors element by element";
  let description = Graph_BinaryText<"div", [{
    `result[i] = lhs[i] / rhs[i]`. Floats as IEEE 754 says. Integers are divided toward zero; the quotient by
    zero, and of the least value by -1, is unspecified.}]>.text;
  let hasFolder = 1;
}
def Graph_ModOp : Graph_BinaryOp<"mod", Graph_NumericTensor> {
  let summary = "Take the remainder element by element";
  let description = Graph_BinaryText<"mod", [{
    `result[i] = lhs[i] - q * rhs[i]`, where `q` is the exact quotient rounded toward zero if `fmod` is present
    (the sign of the result is that of `lhs`) and toward minus infinity otherwise (the sign is that of `rhs`).
    The remainder of an integer by zero is unspecified. A float remainder by zero or of an infinity is NaN.}]>.text;
  let arguments = (ins Graph_NumericTensor:$lhs, Graph_NumericTensor:$rhs, UnitAttr:$fmod);
  let assemblyFormat = "$lhs `,` $rhs (`fmod` $fmod^)? attr-dict `:` functional-type(operands, results)";
}
def Graph_PowOp : Graph_BinaryOp<"pow", Graph_NumericTensor> {
  let summary = "Raise to a power element by element";
  let description = Graph_BinaryText<"pow", [{
    `result[i] = lhs[i] ^ rhs[i]`. Floats as C's `pow`. Integers wrap; a negative exponent gives 1 / lhs^-rhs
    divided toward zero, with the power of zero unspecified.}]>.text;
  let hasFolder = 1;
}
def Graph_MaximumOp : Graph_BinaryOp<"maximum", Graph_NumericTensor, [Commutative]> {
  let summary = "Take the greater element";
  let description = Graph_BinaryText<"maximum", [{
    `result[i] = max(lhs[i], rhs[i])`. If either is a NaN the result is a NaN; -0 is less than +0.}]>.text;
}
def Graph_MinimumOp : Graph_BinaryOp<"minimum", Graph_NumericTensor, [Commutative]> {
  let summary = "Take the lesser element";
  let description = Graph_BinaryText<"minimum", [{
    `result[i] = min(lhs[i], rhs[i])`. If either is a NaN the result is a NaN; -0 is less than +0.}]>.text;
}
def Graph_AndOp : Graph_BinaryOp<"and", Graph_BitsTensor, [Commutative]> {
  let summary = "Take the bitwise and";
  let description = Graph_BinaryText<"and", [{
    `result[i] = lhs[i] & rhs[i]`, bit by bit.}], "i1">.text;
}
def Graph_OrOp : Graph_BinaryOp<"or", Graph_BitsTensor, [Commutative]> {
  let summary = "Take the bitwise or";
  let description = Graph_BinaryText<"or", [{
    `result[i] = lhs[i] | rhs[i]`, bit by bit.}], "i1">.text;
}
def Graph_XorOp : Graph_BinaryOp<"xor", Graph_BitsTensor, [Commutative]> {
  let summary = "Take the bitwise exclusive or";
  let description = Graph_BinaryText<"xor", [{
    `result[i] = lhs[i] ^ rhs[i]`, bit by bit.}], "i1">.text;
}

def Graph_CompareOp : Graph_InferredOp<"compare"> {
  let summary = "Compare two tensors element by element";
  let description = [{
    `result[i] = lhs[i] <predicate> rhs[i]`. With a NaN `ne` is true and every other predicate is false; the
    two zeros are equal. For i1 false is less than true. The operands are broadcast as those of `graph.add`.

    (C1) Aligned dimensions are provably equal, or one of them is the constant 1.
    (C2) The operands have equal element types.

    ```mlir
    %y = graph.compare lt %a, %b : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
    ```
  }];
  let arguments = (ins Graph_ComparePredicateAttr:$predicate, Graph_Tensor:$lhs, Graph_Tensor:$rhs);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = [{
    `` $predicate $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_SelectOp : Graph_InferredOp<"select"> {
  let summary = "Choose between two tensors element by element";
  let description = [{
    `result[i] = condition[i] ? on_true[i] : on_false[i]`. All three operands are broadcast as those of
    `graph.add`.

    (C1) Aligned dimensions are provably equal, or all but one of them are the constant 1.
    (C2) `on_true` and `on_false` have equal element types.

    ```mlir
    %y = graph.select %c, %a, %b : (tensor<3xi1>, tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Graph_BoolTensor:$condition, Graph_Tensor:$on_true, Graph_Tensor:$on_false);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $condition `,` $on_true `,` $on_false attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHELEMENTWISEOPS_TD
