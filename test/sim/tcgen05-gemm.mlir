// RUN: azulejo-compile %s --compile-from=tiling --target=sm_80,sm_100a -o %t.azb
// RUN: azulejo-run %t.azb --device=sim:sm_80 --sim-check=all --dim m=200 --input x=random:1 --input w=random:2 --input c=random:3 --input v=random:4 --input u=random:5 --input r=random:6 --output y=%t.y80.npy --output z=%t.z80.npy --output q=%t.q80.npy
// RUN: azulejo-run %t.azb --device=sim:sm_100a --sim-check=all --sim-options=async=lazy --dim m=200 --input x=random:1 --input w=random:2 --input c=random:3 --input v=random:4 --input u=random:5 --input r=random:6 --stats=%t.json --output y=%t.y100.npy --output z=%t.z100.npy --output q=%t.q100.npy
// RUN: %python %S/Inputs/compare.py %t.y100.npy %t.y80.npy 2e-3 2e-3
// RUN: %python %S/Inputs/compare.py %t.z100.npy %t.z80.npy 2e-3 2e-3
// RUN: %python %S/Inputs/compare.py %t.q100.npy %t.q80.npy 2e-3 2e-3
// RUN: azulejo-run %t.azb --device=sim:sm_100a --sim-check=all --sim-options=async=eager --dim m=200 --input x=random:1 --input w=random:2 --input c=random:3 --input v=random:4 --input u=random:5 --input r=random:6 --stats=%t.json --output y=%t.y100.npy --output z=%t.z100.npy --output q=%t.q100.npy
// RUN: %python %S/Inputs/compare.py %t.y100.npy %t.y80.npy 2e-3 2e-3
// RUN: %python %S/Inputs/compare.py %t.z100.npy %t.z80.npy 2e-3 2e-3
// RUN: %python %S/Inputs/compare.py %t.q100.npy %t.q80.npy 2e-3 2e-3
// RUN: azulejo-run %t.azb --device=sim:sm_100a --sim-check=all --sim-options=async=random --dim m=200 --input x=random:1 --input w=random:2 --input c=random:3 --input v=random:4 --input u=random:5 --input r=random:6 --stats=%t.json --output y=%t.y100.npy --output z=%t.z100.npy --output q=%t.q100.npy
// RUN: %python %S/Inputs/compare.py %t.y100.npy %t.y80.npy 2e-3 2e-3
// RUN: %python %S/Inputs/compare.py %t.z100.npy %t.z80.npy 2e-3 2e-3
// RUN: %python %S/Inputs/compare.py %t.q100.npy %t.q80.npy 2e-3 2e-3
// RUN: FileCheck %s --check-prefix=STATS < %t.json
// STATS: "targets": "sm_100a"

// TMA and tcgen05 give what cp.async and mma.sync give: tiles at the edges, a last step of 8, a ring that
// comes round, B along N and along K, A along K and along M, a batch whose matrices end within a tile.
module {
  func.func @main(%x: tensor<?x392xf16, #graph.dims<m, 392>> {graph.name = "x"}, %w: tensor<392x136xf16> {graph.name = "w"},
                  %c: tensor<136xf16> {graph.name = "c"}, %v: tensor<72x392xf16> {graph.name = "v"},
                  %u: tensor<3x?x136xf16, #graph.dims<3, m, 136>> {graph.name = "u"}, %r: tensor<3x136x72xf16> {graph.name = "r"})
      -> (tensor<?x136xf16, #graph.dims<m, 136>> {graph.name = "y"}, tensor<136x72xf16> {graph.name = "z"},
          tensor<3x?x72xf16, #graph.dims<3, m, 72>> {graph.name = "q"}) {
    %y = graph.kernel(%x, %w, %c) : (tensor<?x392xf16, #graph.dims<m, 392>>, tensor<392x136xf16>, tensor<136xf16>) -> tensor<?x136xf16, #graph.dims<m, 136>> {
    ^bb0(%a: tensor<?x392xf16, #graph.dims<m, 392>>, %b: tensor<392x136xf16>, %bias: tensor<136xf16>):
      %t = graph.matmul %a, %b : (tensor<?x392xf16, #graph.dims<m, 392>>, tensor<392x136xf16>) -> tensor<?x136xf16, #graph.dims<m, 136>>
      %s = graph.add %t, %bias : (tensor<?x136xf16, #graph.dims<m, 136>>, tensor<136xf16>) -> tensor<?x136xf16, #graph.dims<m, 136>>
      graph.yield %s : tensor<?x136xf16, #graph.dims<m, 136>>
    }
    %z = graph.kernel(%w, %v) : (tensor<392x136xf16>, tensor<72x392xf16>) -> tensor<136x72xf16> {
    ^bb0(%a: tensor<392x136xf16>, %b: tensor<72x392xf16>):
      %t = graph.matmul %a, %b transpose_a transpose_b : (tensor<392x136xf16>, tensor<72x392xf16>) -> tensor<136x72xf16>
      graph.yield %t : tensor<136x72xf16>
    }
    %q = graph.kernel(%u, %r) : (tensor<3x?x136xf16, #graph.dims<3, m, 136>>, tensor<3x136x72xf16>) -> tensor<3x?x72xf16, #graph.dims<3, m, 72>> {
    ^bb0(%a: tensor<3x?x136xf16, #graph.dims<3, m, 136>>, %b: tensor<3x136x72xf16>):
      %t = graph.matmul %a, %b : (tensor<3x?x136xf16, #graph.dims<3, m, 136>>, tensor<3x136x72xf16>) -> tensor<3x?x72xf16, #graph.dims<3, m, 72>>
      graph.yield %t : tensor<3x?x72xf16, #graph.dims<3, m, 72>>
    }
    return %y, %z, %q : tensor<?x136xf16, #graph.dims<m, 136>>, tensor<136x72xf16>, tensor<3x?x72xf16, #graph.dims<3, m, 72>>
  }
}
