// Folds: operators that change nothing go, chains of movements become one, arithmetic on dimensions becomes dim_values.
// RUN: azulejo-opt %s --split-input-file --canonicalize | FileCheck %s

// CHECK-LABEL: func @identities
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
func.func @identities(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>,
                                               tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.reshape %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = graph.transpose %0 perm = [0, 1] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = graph.cast %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = graph.broadcast %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = graph.slice %x starts = [0, 0] steps = [1, 1] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = graph.concat %x axis = 0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = graph.pad edge %x low = [0, 0] high = [0, 0] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = graph.reduce sum %x axes = [] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %2, %3, %4, %5, %6, %7 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>,
      tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func @neutral_elements
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>, %[[I:.*]]: tensor<3xi32>)
func.func @neutral_elements(%x: tensor<3xf32>, %i: tensor<3xi32>) -> (tensor<3xf32>, tensor<3xi32>) {
  %one = graph.constant dense<1.0> : tensor<f32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %minus_zero = graph.constant dense<-0.0> : tensor<f32>
  %0 = graph.mul %x, %one : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %1 = graph.div %0, %one : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %2 = graph.sub %1, %zero : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %3 = graph.add %2, %minus_zero : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %4 = graph.pow %3, %one : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %5 = graph.neg %4 : (tensor<3xf32>) -> tensor<3xf32>
  %6 = graph.neg %5 : (tensor<3xf32>) -> tensor<3xf32>
  %z = graph.constant dense<0> : tensor<3xi32>
  %7 = graph.add %z, %i : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi32>
  // CHECK: return %[[X]], %[[I]]
  return %6, %7 : tensor<3xf32>, tensor<3xi32>
}

// -----

// Adding +0 turns -0 into +0, and a neutral element may still broadcast: both stay.
// CHECK-LABEL: func @not_neutral
func.func @not_neutral(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<2x3xf32>) {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %ones = graph.constant dense<1.0> : tensor<2x3xf32>
  // CHECK: graph.add
  %0 = graph.add %x, %zero : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  // CHECK: graph.mul
  %1 = graph.mul %x, %ones : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0, %1 : tensor<3xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func @chains
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x4xf32>
func.func @chains(%x: tensor<2x3x4xf32>, %s: tensor<1xf32>) -> (tensor<24xf32>, tensor<3x4x2xf32>, tensor<2x3x4xf32>, tensor<2x3xf32>) {
  // CHECK: graph.reshape %[[X]] : (tensor<2x3x4xf32>) -> tensor<24xf32>
  %0 = graph.reshape %x : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %1 = graph.reshape %0 : (tensor<6x4xf32>) -> tensor<24xf32>
  // CHECK: graph.transpose %[[X]] perm = [1, 2, 0]
  %2 = graph.transpose %x perm = [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %3 = graph.transpose %2 perm = [2, 0, 1] : (tensor<4x2x3xf32>) -> tensor<3x4x2xf32>
  // CHECK-NOT: graph.transpose
  %4 = graph.transpose %2 perm = [1, 2, 0] : (tensor<4x2x3xf32>) -> tensor<2x3x4xf32>
  // CHECK: graph.broadcast %{{.*}} : (tensor<1xf32>) -> tensor<2x3xf32>
  %5 = graph.broadcast %s : (tensor<1xf32>) -> tensor<3xf32>
  %6 = graph.broadcast %5 : (tensor<3xf32>) -> tensor<2x3xf32>
  return %1, %3, %4, %6 : tensor<24xf32>, tensor<3x4x2xf32>, tensor<2x3x4xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func @select_known
// CHECK-SAME: (%[[A:.*]]: tensor<2xf32>, %[[B:.*]]: tensor<2xf32>)
func.func @select_known(%a: tensor<2xf32>, %b: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %t = graph.constant dense<true> : tensor<2xi1>
  %f = graph.constant dense<false> : tensor<i1>
  %0 = graph.select %t, %a, %b : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = graph.select %f, %a, %b : (tensor<i1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  // CHECK: return %[[A]], %[[B]]
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}

// -----

// What an exporter makes of x.reshape(x.shape[0], -1).
// CHECK-LABEL: func @shape_arithmetic
func.func @shape_arithmetic() -> (tensor<2xi64>, tensor<i64>, tensor<3xi64>, tensor<1xi64>) {
  %shape = graph.dim_values <batch, 64, w floordiv 2> : tensor<3xi64>
  %zero = graph.constant dense<0> : tensor<1xi64>
  %minus_one = graph.constant dense<-1> : tensor<1xi64>
  // CHECK-DAG: %[[TARGET:.*]] = graph.dim_values <batch, -1> : tensor<2xi64>
  %0 = graph.gather %shape, %zero axis = 0 : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
  %1 = graph.concat %0, %minus_one axis = 0 : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // CHECK-DAG: %[[COUNT:.*]] = graph.dim_values <batch * (w floordiv 2) * 64> : tensor<1xi64>
  // CHECK-DAG: %[[SCALAR:.*]] = graph.reshape %[[COUNT]] : (tensor<1xi64>) -> tensor<i64>
  %2 = graph.reduce prod %shape axes = [0] : (tensor<3xi64>) -> tensor<i64>
  // CHECK-DAG: %[[HALF:.*]] = graph.dim_values <batch floordiv 2, 32, w floordiv 4> : tensor<3xi64>
  %two = graph.constant dense<2> : tensor<i64>
  %3 = graph.div %shape, %two : (tensor<3xi64>, tensor<i64>) -> tensor<3xi64>
  // CHECK-DAG: %[[KNOWN:.*]] = graph.constant dense<64> : tensor<1xi64>
  %4 = graph.slice %shape starts = [1] steps = [1] : (tensor<3xi64>) -> tensor<1xi64>
  // CHECK: return %[[TARGET]], %[[SCALAR]], %[[HALF]], %[[KNOWN]]
  return %1, %2, %3, %4 : tensor<2xi64>, tensor<i64>, tensor<3xi64>, tensor<1xi64>
}

// -----

// Casts, comparisons and selections are seen through where they can be decided; here w is at least 8.
// CHECK-LABEL: func @decided
module attributes {graph.symbols = {w = #graph.range<8, 64, 1>}} {
  func.func @decided() -> (tensor<1xi64>, tensor<1xi64>) {
    %w = graph.dim_values <w> : tensor<1xi64>
    %four = graph.constant dense<4> : tensor<1xi32>
    %narrow = graph.cast %w : (tensor<1xi64>) -> tensor<1xi32>
    %is_large = graph.compare gt %narrow, %four : (tensor<1xi32>, tensor<1xi32>) -> tensor<1xi1>
    %chosen = graph.select %is_large, %narrow, %four : (tensor<1xi1>, tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
    // CHECK-DAG: %[[W:.*]] = graph.dim_values <w>
    %0 = graph.cast %chosen : (tensor<1xi32>) -> tensor<1xi64>
    // CHECK-DAG: %[[C:.*]] = graph.constant dense<100>
    %hundred = graph.constant dense<100> : tensor<1xi64>
    %1 = graph.maximum %w, %hundred : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
    // CHECK: return %[[W]], %[[C]]
    return %0, %1 : tensor<1xi64>, tensor<1xi64>
  }
}
