// RUN: azulejo-opt %s --split-input-file --verify-diagnostics

plan.program @input_number {
  // expected-error @below {{input number must be 0, got: 1}}
  %x = plan.input 1 "x" : tensor<4xf32>
}

// -----

plan.program @output_number {
  %x = plan.output 0 "x" : tensor<4xf32>
  // expected-error @below {{output number must be 1, got: 2}}
  %y = plan.output 2 "y" : tensor<4xf32>
}

// -----

plan.program @input_name_twice {
  %x = plan.input 0 "x" : tensor<4xf32>
  // expected-error @below {{two inputs have the name "x"}}
  %y = plan.input 1 "x" : tensor<4xf32>
}

// -----

plan.program @unknown_symbol {
  // expected-error @below {{symbol 'seq' must be the bare dimension of an input}}
  %x = plan.input 0 "x" : tensor<?xf32, #graph.dims<seq * 2>>
}

// -----

plan.program @input_without_name {
  // expected-error @below {{name must not be empty}}
  %x = plan.input 0 "" : tensor<4xf32>
}

// -----

plan.program @output_without_name {
  // expected-error @below {{name must not be empty}}
  %x = plan.output 0 "" : tensor<4xf32>
}

// -----

plan.program @weight_without_name {
  // expected-error @below {{name must not be empty}}
  %x = plan.weight "" dense<0.0> : tensor<4xf32>
}

// -----

plan.program @weight_type {
  // expected-error @below {{value must be a tensor of the graph dialect, got: 'vector<4xf32>'}}
  %x = plan.weight "w" dense<0.0> : vector<4xf32>
}

// -----

plan.program @temp_two_formulas {
  // expected-error @below {{bytes must be one formula, got: 2}}
  %x = plan.temp bytes <4, 5>
}

// -----

plan.program @slot_empty {
  // expected-error @below {{must have at least one formula, got: 0}}
  %x = plan.slot bytes <>
}

// -----

plan.program @arena_formulas {
  %s = plan.slot bytes <256>
  // expected-error @below {{offset must be one formula, got: 0}}
  %x = plan.arena %s at <> bytes <4>
}

// -----

plan.program @arena_alignment {
  %s = plan.slot bytes <256>
  // expected-error @below {{offset must be a multiple of 256 and not negative, got: 8}}
  %x = plan.arena %s at <8> bytes <4>
}

// -----

plan.program @arena_outside {
  %s = plan.slot bytes <512>
  // expected-error @below {{must end within its slot of 512 bytes, got: offset 256, bytes 257}}
  %x = plan.arena %s at <256> bytes <257>
}

// -----

plan.program @grid_rank {
  // expected-error @below {{grid must have 3 formulas, got: 2}}
  plan.launch @k grid <1, 1> () scalars <>
}
gpu.module @k {}

// -----

plan.program @grid_limit {
  // expected-error @below {{grid size 1 must be in 0 to 65535, got: 65536}}
  plan.launch @k grid <1, 65536, 1> () scalars <>
}
gpu.module @k {}

// -----

plan.program @access_count {
  %x = plan.input 0 "x" : tensor<4xf32>
  // expected-error @below {{must have one access for each buffer, got: 0 for 1}}
  "plan.launch"(%x) {kernel = @k, grid = #graph.dims<1, 1, 1>, access = [], scalars = #graph.dims<>} : (!plan.buffer) -> ()
}
gpu.module @k {}

// -----

plan.program @writes_input {
  %x = plan.input 0 "x" : tensor<4xf32>
  // expected-error @below {{must not write plan.input}}
  plan.launch @k grid <1, 1, 1> (%x readwrite) scalars <>
}
gpu.module @k {}

// -----

plan.program @writes_weight {
  %x = plan.weight "w" dense<0.0> : tensor<4xf32>
  // expected-error @below {{must not write plan.weight}}
  plan.launch @k grid <1, 1, 1> (%x write) scalars <>
}
gpu.module @k {}

// -----

plan.program @scalar_range {
  // expected-error @below {{scalar must fit i32, got: 2147483648}}
  plan.launch @k grid <1, 1, 1> () scalars <2147483648>
}
gpu.module @k {}

// -----

plan.program @map_buffer {
  %x = plan.input 0 "x" : tensor<64xf32>
  // expected-error @below {{tensor map must name one of 1 buffers, got: 1}}
  plan.launch @k grid <1, 1, 1> (%x read) scalars <> tensor_maps [#plan.tensor_map<buffer = 1, type = f32, dims = <64>, strides = <>, box = [64], swizzle = 0>]
}
gpu.module @k {}

// -----

plan.program @map_strides {
  %x = plan.input 0 "x" : tensor<64xf32>
  // expected-error @below {{tensor map must have 0 strides, got: 1}}
  plan.launch @k grid <1, 1, 1> (%x read) scalars <> tensor_maps [#plan.tensor_map<buffer = 0, type = f32, dims = <64>, strides = <4>, box = [64], swizzle = 0>]
}
gpu.module @k {}

// -----

plan.program @map_swizzle {
  %x = plan.input 0 "x" : tensor<64xf32>
  // expected-error @below {{swizzle must be 0, 32, 64 or 128, got: 16}}
  plan.launch @k grid <1, 1, 1> (%x read) scalars <> tensor_maps [#plan.tensor_map<buffer = 0, type = f32, dims = <64>, strides = <>, box = [64], swizzle = 16>]
}
gpu.module @k {}

// -----

plan.program @unknown_kernel {
  // expected-error @below {{kernel must be a gpu.module, got: @nothing}}
  plan.launch @nothing grid <1, 1, 1> () scalars <>
}

// -----

plan.program @copy_formulas {
  %x = plan.input 0 "x" : tensor<4xf32>
  %y = plan.output 0 "y" : tensor<4xf32>
  // expected-error @below {{bytes must be one formula, got: 2}}
  plan.copy %x to %y bytes <4, 4>
}

// -----

plan.program @copy_to_input {
  %x = plan.input 0 "x" : tensor<4xf32>
  %y = plan.output 0 "y" : tensor<4xf32>
  // expected-error @below {{must not write plan.input}}
  plan.copy %y to %x bytes <4>
}

// -----

plan.program @copy_to_itself {
  %y = plan.output 0 "y" : tensor<4xf32>
  // expected-error @below {{source and target must be different buffers}}
  plan.copy %y to %y bytes <4>
}

// -----

// outside_of_program
// expected-error @below {{expects parent op 'plan.program'}}
%s = plan.slot bytes <256>

// -----

plan.program @bad_access {
  %x = plan.input 0 "x" : tensor<4xf32>
  // expected-error @below {{expected read, write or readwrite, got: reads}}
  plan.launch @k grid <1, 1, 1> (%x reads) scalars <>
}
gpu.module @k {}
