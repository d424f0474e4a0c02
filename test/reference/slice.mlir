// Values of graph.slice. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @middle() -> (tensor<2x3xi32>, tensor<2x3xi32>) {
  %0 = graph.constant dense<[[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14], [15, 16, 17, 18, 19]]> : tensor<4x5xi32>
  %r = graph.slice %0 starts = [1, 2] steps = [1, 1] : (tensor<4x5xi32>) -> tensor<2x3xi32>
  %e = graph.constant dense<[[7, 8, 9], [12, 13, 14]]> : tensor<2x3xi32>
  return %r, %e : tensor<2x3xi32>, tensor<2x3xi32>
}

func.func @steps() -> (tensor<2x2xi32>, tensor<2x2xi32>) {
  %0 = graph.constant dense<[[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14], [15, 16, 17, 18, 19]]> : tensor<4x5xi32>
  %r = graph.slice %0 starts = [0, 1] steps = [2, 3] : (tensor<4x5xi32>) -> tensor<2x2xi32>
  %e = graph.constant dense<[[1, 4], [11, 14]]> : tensor<2x2xi32>
  return %r, %e : tensor<2x2xi32>, tensor<2x2xi32>
}

func.func @from_end() -> (tensor<2x2xi32>, tensor<2x2xi32>) {
  %0 = graph.constant dense<[[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14], [15, 16, 17, 18, 19]]> : tensor<4x5xi32>
  %r = graph.slice %0 starts = [-2, -3] steps = [1, 1] : (tensor<4x5xi32>) -> tensor<2x2xi32>
  %e = graph.constant dense<[[12, 13], [17, 18]]> : tensor<2x2xi32>
  return %r, %e : tensor<2x2xi32>, tensor<2x2xi32>
}

func.func @backward() -> (tensor<4x3xi32>, tensor<4x3xi32>) {
  %0 = graph.constant dense<[[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14], [15, 16, 17, 18, 19]]> : tensor<4x5xi32>
  %r = graph.slice %0 starts = [-1, 4] steps = [-1, -2] : (tensor<4x5xi32>) -> tensor<4x3xi32>
  %e = graph.constant dense<[[19, 17, 15], [14, 12, 10], [9, 7, 5], [4, 2, 0]]> : tensor<4x3xi32>
  return %r, %e : tensor<4x3xi32>, tensor<4x3xi32>
}

func.func @empty() -> (tensor<0x5xi32>, tensor<0x5xi32>) {
  %0 = graph.constant dense<[[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14], [15, 16, 17, 18, 19]]> : tensor<4x5xi32>
  %r = graph.slice %0 starts = [0, 0] steps = [1, 1] : (tensor<4x5xi32>) -> tensor<0x5xi32>
  %e = graph.constant dense<> : tensor<0x5xi32>
  return %r, %e : tensor<0x5xi32>, tensor<0x5xi32>
}

func.func @bool() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[true, false, true]> : tensor<3xi1>
  %r = graph.slice %0 starts = [1] steps = [1] : (tensor<3xi1>) -> tensor<2xi1>
  %e = graph.constant dense<[false, true]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}
