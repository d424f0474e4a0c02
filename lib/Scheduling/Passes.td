// This file describes the passes of Scheduling: dispatches in @main become a plan.program.
#ifndef AZULEJO_LIB_SCHEDULING_PASSES_TD
#define AZULEJO_LIB_SCHEDULING_PASSES_TD

include "mlir/Pass/PassBase.td"

def ScheduleLaunchesPass : Pass<"azulejo-scheduling-schedule-launches", "::mlir::ModuleOp"> {
  let summary = "Turn the dispatches of @main into launches on buffers";
  let description = [{
    Replaces `@main` by a `plan.program`. Arguments become inputs, constants that a kernel reads become weights,
    results of dispatches become `plan.temp` buffers, and dispatches become launches in their order. A
    reshape is the same buffer. What `@main` returns is written directly into the output; a copy is added only
    where an output is an input, a weight, or already another output.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x64xf32, #graph.dims<batch, 64>> {graph.name = "x"})
        -> (tensor<?x8x8xf32, #graph.dims<batch, 8, 8>> {graph.name = "y"}) {
      %0 = tile.dispatch @relu(%x) : (tensor<?x64xf32, #graph.dims<batch, 64>>)
          -> tensor<?x64xf32, #graph.dims<batch, 64>>
          grid #graph.dims<batch, 1, 1> scalars #graph.dims<batch * 64>
      %1 = graph.reshape %0 : (tensor<?x64xf32, #graph.dims<batch, 64>>)
          -> tensor<?x8x8xf32, #graph.dims<batch, 8, 8>>
      return %1 : tensor<?x8x8xf32, #graph.dims<batch, 8, 8>>
    }
    ```
    After:
    ```mlir
    plan.program @main {
      %x = plan.input 0 "x" : tensor<?x64xf32, #graph.dims<batch, 64>>
      %y = plan.output 0 "y" : tensor<?x8x8xf32, #graph.dims<batch, 8, 8>>
      plan.launch @relu grid <batch, 1, 1> (%x read, %y write) scalars <batch * 64>
    }
    ```

    Fails where a tensor has more elements than i32 counts, where a symbol is not the dimension of an input, and
    where `@main` holds anything else than constants, reshapes and dispatches.
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect"];
  let statistics = [
    Statistic<"launches", "launches", "Number of kernel launches">,
    Statistic<"copies", "copies", "Number of copies into outputs">
  ];
}

def PlanBuffersPass : Pass<"azulejo-scheduling-plan-buffers", "::azulejo::plan::ProgramOp"> {
  let summary = "Give every temporary buffer a place in the arena";
  let description = [{
    A buffer lives from the first step that names it to the last. Buffers whose sizes are multiples of the same
    symbolic factor (or of 1) are packed together, largest first, each into the smallest gap that
    no living neighbour touches; so a model with one dynamic dimension packs as well as a static one. Groups that never
    live together share a slot, whose size is the larger of their formulas.

    Before:
    ```mlir
    %a = plan.temp bytes <batch * 4096>
    %b = plan.temp bytes <batch * 4096>
    %c = plan.temp bytes <batch * 4096>
    plan.launch @k0 grid <1, 1, 1> (%x read, %a write) scalars <>
    plan.launch @k1 grid <1, 1, 1> (%a read, %b write) scalars <>
    plan.launch @k2 grid <1, 1, 1> (%b read, %c write) scalars <>
    plan.launch @k3 grid <1, 1, 1> (%c read, %y write) scalars <>
    ```
    After:
    ```mlir
    %s = plan.slot bytes <batch * 8192>
    %a = plan.arena %s at <0> bytes <batch * 4096>
    %b = plan.arena %s at <batch * 4096> bytes <batch * 4096>
    %c = plan.arena %s at <0> bytes <batch * 4096>
    plan.launch @k0 grid <1, 1, 1> (%x read, %a write) scalars <>
    plan.launch @k1 grid <1, 1, 1> (%a read, %b write) scalars <>
    plan.launch @k2 grid <1, 1, 1> (%b read, %c write) scalars <>
    plan.launch @k3 grid <1, 1, 1> (%c read, %y write) scalars <>
    ```

    Remarks of category `scheduling` and the statistics compare the arena with its lower bound, the most bytes
    that live at one time; symbols count with the smallest value of their ranges.
  }];
  let statistics = [
    Statistic<"arenaBytes", "arena-bytes", "Bytes of the arena">,
    Statistic<"liveBytes", "live-bytes", "The most bytes that live at one time: no arena is smaller">
  ];
}

#endif // AZULEJO_LIB_SCHEDULING_PASSES_TD
