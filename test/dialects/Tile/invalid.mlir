// What the tile dialect refuses, one fault each.
// RUN: azulejo-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{a basis must be zero, or one power of two along one dimension}}
func.func @basis_not_a_power(%x: tensor<8xi32, #tile.layout<register = [(3)], lane = [(1), (2), (4), (0), (0)], warp = []>>) { return }

// -----

// expected-error @+1 {{a layout has 5 lane bases, got: 4}}
func.func @too_few_lanes(%x: tensor<8xi32, #tile.layout<register = [], lane = [(1), (2), (4), (0)], warp = []>>) { return }

// -----

// expected-error @+1 {{expected a basis of 1 coordinates, got: 2}}
func.func @mixed_ranks(%x: tensor<8xi32, #tile.layout<register = [], lane = [(1), (2, 0)], warp = []>>) { return }

// -----

#l = #tile.layout<register = [], lane = [(1), (2), (4), (8), (16)], warp = []>
func.func @splat_type(%x: f32) {
  // expected-error @+1 {{scalar and elements must have the same type, got: 'f32' and 'f16'}}
  %0 = tile.splat %x : f32 -> tensor<32xf16, #l>
  return
}

// -----

#l = #tile.layout<register = [], lane = [(1), (2), (4), (8), (16)], warp = []>
func.func @coordinate_dim() {
  // expected-error @+1 {{dim must be less than the rank 1, got: 1}}
  %0 = tile.coordinate 1 : tensor<32xi32, #l>
  return
}

// -----

func.func @not_a_tile() {
  // expected-error @+1 {{must be a tile of i32 offsets}}
  %0 = tile.coordinate 0 : tensor<32xi32>
  return
}

// -----

#l = #tile.layout<register = [], lane = [(1), (2), (4), (8), (16)], warp = []>
#m = #tile.layout<register = [], lane = [(16), (1), (2), (4), (8)], warp = []>
func.func @load_layouts(%x: !llvm.ptr<1>, %o: tensor<32xi32, #m>) {
  // expected-error @+1 {{value and offsets must have the same shape and layout}}
  %0 = tile.load %x[%o : tensor<32xi32, #m>] : tensor<32xf32, #l>
  return
}

// -----

#l = #tile.layout<register = [], lane = [(1), (2), (4), (8), (16)], warp = []>
func.func @reduce_shape(%x: tensor<32xf32, #l>) {
  // expected-error @+1 {{the result must be}}
  %0 = tile.reduce sum %x axis 0 : tensor<32xf32, #l> -> tensor<32xf32, #l>
  return
}

// -----

#l = #tile.layout<register = [], lane = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16)], warp = []>
func.func @broadcast_size(%x: tensor<2x32xf32, #l>) {
  // expected-error @+1 {{dimension 0 must be 1 or 4, got: 2}}
  %0 = tile.broadcast %x : tensor<2x32xf32, #l> -> tensor<4x32xf32, #l>
  return
}

// -----

#l = #tile.layout<register = [], lane = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16)], warp = []>
#s = #tile.swizzle<minor = 1, vector = 4, perPhase = 1, maxPhase = 1>
func.func @stage_shape(%v: tensor<1x32xf32, #l>, %stage: i32) {
  %a = tile.alloc : !tile.buffer<2 x 16 x 32 x f32, #s>
  // expected-error @+1 {{the tile must have the shape of a stage}}
  tile.write %v, %a[%stage] : tensor<1x32xf32, #l> -> !tile.buffer<2 x 16 x 32 x f32, #s>
  return
}

// -----

#l = #tile.layout<register = [], lane = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16)], warp = []>
#s = #tile.swizzle<minor = 1, vector = 4, perPhase = 1, maxPhase = 1>
func.func @dot_shape(%c: tensor<1x32xf32, #l>, %stage: i32) {
  %a = tile.alloc : !tile.buffer<2 x 16 x 32 x f32, #s>
  // expected-error @+1 {{shapes must be MxK, KxN and MxN}}
  %d = tile.dot fma %a[%stage], %a[%stage], %c : !tile.buffer<2 x 16 x 32 x f32, #s>, !tile.buffer<2 x 16 x 32 x f32, #s>, tensor<1x32xf32, #l> -> tensor<1x32xf32, #l>
  return
}

// -----

#l = #tile.layout<register = [(0, 1), (8, 0), (0, 8)], lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = []>
#s = #tile.swizzle<minor = 1, vector = 4, perPhase = 1, maxPhase = 1>
func.func @dot_c3_type(%c: tensor<16x16xf32, #l>, %stage: i32) {
  %a = tile.alloc : !tile.buffer<2 x 16 x 16 x f64, #s>
  // expected-error @+1 {{mma needs f16, bf16 or f32 operands and an f32 accumulator, got: 'f64' and 'f32'}}
  %d = tile.dot mma %a[%stage], %a[%stage], %c : !tile.buffer<2 x 16 x 16 x f64, #s>, !tile.buffer<2 x 16 x 16 x f64, #s>, tensor<16x16xf32, #l> -> tensor<16x16xf32, #l>
  return
}

// -----

#l = #tile.layout<register = [(0, 1), (0, 2), (0, 4)], lane = [(0, 8), (1, 0), (2, 0), (4, 0), (8, 0)], warp = []>
#s = #tile.swizzle<minor = 1, vector = 4, perPhase = 1, maxPhase = 1>
func.func @dot_c3_layout(%c: tensor<16x16xf32, #l>, %stage: i32) {
  %a = tile.alloc : !tile.buffer<2 x 16 x 16 x f16, #s>
  // expected-error @+1 {{the accumulator's layout must be}}
  %d = tile.dot mma %a[%stage], %a[%stage], %c : !tile.buffer<2 x 16 x 16 x f16, #s>, !tile.buffer<2 x 16 x 16 x f16, #s>, tensor<16x16xf32, #l> -> tensor<16x16xf32, #l>
  return
}

// -----

func.func @dispatch_c1_two_expressions(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{grid must be #graph.dims of three expressions, got: #graph.dims<1, 1>}}
  %y = tile.dispatch @k(%x) : (tensor<8xf32>) -> tensor<8xf32> grid #graph.dims<1, 1> scalars #graph.dims<>
  return %y : tensor<8xf32>
}

// -----

func.func @dispatch_c1_no_expressions(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{grid must be #graph.dims of three expressions, got: 4 : i64}}
  %y = tile.dispatch @k(%x) : (tensor<8xf32>) -> tensor<8xf32> grid 4 scalars #graph.dims<>
  return %y : tensor<8xf32>
}

// -----

func.func @dispatch_c1_scalars(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{scalars must be #graph.dims, got: [1]}}
  %y = tile.dispatch @k(%x) : (tensor<8xf32>) -> tensor<8xf32> grid #graph.dims<1, 1, 1> scalars [1]
  return %y : tensor<8xf32>
}

// -----

func.func @dispatch_c2_operand(%x: tensor<?xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{operands and results must be tensors of the graph dialect, got: 'tensor<?xf32>'}}
  %y = tile.dispatch @k(%x) : (tensor<?xf32>) -> tensor<8xf32> grid #graph.dims<1, 1, 1> scalars #graph.dims<>
  return %y : tensor<8xf32>
}

// -----

func.func @dispatch_c2_result(%x: tensor<8xf32>) -> tensor<8xcomplex<f32>> {
  // expected-error @+1 {{operands and results must be tensors of the graph dialect, got: 'tensor<8xcomplex<f32>>'}}
  %y = tile.dispatch @k(%x) : (tensor<8xf32>) -> tensor<8xcomplex<f32>> grid #graph.dims<1, 1, 1> scalars #graph.dims<>
  return %y : tensor<8xcomplex<f32>>
}
