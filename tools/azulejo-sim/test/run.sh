#!/bin/sh
# Runs azulejo-sim ($1) with the simulator library ($2) and checks exit codes and results.
set -u
tool=$1
export AZULEJO_SIM_LIBRARY=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failures=0

# expect CODE NAME COMMAND...
expect() {
  want=$1 name=$2
  shift 2
  "$@" >"$dir/log" 2>&1
  got=$?
  if [ "$got" != "$want" ]; then
    echo "$name: expected exit code $want, got $got"
    cat "$dir/log"
    failures=$((failures + 1))
  fi
}

cat >"$dir/scale.ptx" <<'PTX'
.version 7.0
.target sm_80
.address_size 64
.visible .entry scale(.param .u64 y, .param .f32 a, .param .u32 n)
{
  .reg .pred %p<2>;
  .reg .b32 %r<8>;
  .reg .b64 %rd<4>;
  mov.u32 %r1, %tid.x;
  ld.param.u32 %r2, [n];
  setp.ge.u32 %p1, %r1, %r2;
  @%p1 bra DONE;
  ld.param.u64 %rd1, [y];
  mul.wide.u32 %rd2, %r1, 4;
  add.s64 %rd3, %rd1, %rd2;
  cvt.rn.f32.u32 %r3, %r1;
  ld.param.b32 %r4, [a];
  mul.rn.f32 %r5, %r3, %r4;
  st.global.b32 [%rd3], %r5;
DONE:
  ret;
}
PTX

expect 0 "good run" "$tool" "$dir/scale.ptx" --entry=scale --block=32 \
  --arg=out:"$dir/y.npy":"f32[8]" --arg=f32:0.5 --arg=u32:8 --stats="$dir/stats.json"
[ "$(tail -c 32 "$dir/y.npy" | od -An -tf4 -w32 | tr -s ' ')" = " 0 0.5 1 1.5 2 2.5 3 3.5" ] || {
  echo "good run: wrong numbers"
  failures=$((failures + 1))
}
grep -q '"warp_instructions": 12' "$dir/stats.json" || {
  echo "good run: wrong statistics"
  failures=$((failures + 1))
}
expect 0 "roofline" "$tool" "$dir/scale.ptx" --block=32 --roofline=ND_H100_v5 \
  --arg=out:"$dir/y.npy":"f32[8]" --arg=f32:0.5 --arg=u32:8
grep -q "lower bound on h100: 1.3 us in 1 launches, limited by launch" "$dir/log" || {
  echo "roofline: no bound"
  failures=$((failures + 1))
}
expect 2 "unknown GPU" "$tool" "$dir/scale.ptx" --roofline=h9000
expect 1 "finding" "$tool" "$dir/scale.ptx" --block=32 \
  --arg=out:"$dir/z.npy":"f32[8]" --arg=f32:0.5 --arg=u32:9
grep -q "0 bytes past the end of" "$dir/log" || {
  echo "finding: no text"
  failures=$((failures + 1))
}
expect 2 "unknown flag" "$tool" "$dir/scale.ptx" --nonsense
expect 2 "bad argument" "$tool" "$dir/scale.ptx" --arg=i32:seven
expect 2 "bad target" "$tool" "$dir/scale.ptx" --target=sm_12
expect 1 "missing file" "$tool" "$dir/none.ptx"
expect 1 "wrong argument count" "$tool" "$dir/scale.ptx" --arg=i32:7
exit $failures
