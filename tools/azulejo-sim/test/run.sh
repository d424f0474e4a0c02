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

# says CODE NAME TEXT COMMAND...: the same, and the output contains TEXT
says() {
  code=$1 label=$2 text=$3
  shift 3
  expect "$code" "$label" "$@"
  grep -qF -e "$text" "$dir/log" || {
    echo "$label: expected '$text' in:"
    cat "$dir/log"
    failures=$((failures + 1))
  }
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
"$tool" "$dir/scale.ptx" --sim-options=approx=wild >"$dir/log" 2>&1
grep -q "sim option approx: expected nearest or adversarial, got 'wild'" "$dir/log" ||
  { echo "sim options: not passed on"; cat "$dir/log"; failures=$((failures + 1)); }
expect 2 "unknown flag" "$tool" "$dir/scale.ptx" --nonsense
expect 2 "bad argument" "$tool" "$dir/scale.ptx" --arg=i32:seven
expect 2 "bad target" "$tool" "$dir/scale.ptx" --target=sm_12
expect 1 "missing file" "$tool" "$dir/none.ptx"
expect 1 "wrong argument count" "$tool" "$dir/scale.ptx" --arg=i32:7

# Every kind of argument: the sum of all values, and of one element of each buffer.
cat >"$dir/kinds.ptx" <<'PTX'
.version 7.0
.target sm_80
.address_size 64
// a comment with an .entry none
.visible .entry kinds(.param .u64 x, .param .u64 y, .param .u64 z, .param .s32 a, .param .u32 b,
                      .param .s64 c, .param .u64 d, .param .f32 e, .param .f64 f)
{
  .reg .b32 %r<8>;
  .reg .b64 %rd<16>;
  ld.param.u64 %rd1, [x];
  ld.param.u64 %rd2, [y];
  ld.param.u64 %rd3, [z];
  ld.global.f32 %r1, [%rd1+4];
  cvt.f64.f32 %rd4, %r1;
  ld.global.f32 %r2, [%rd2];
  add.f32 %r2, %r2, 0f40000000;
  st.global.f32 [%rd2], %r2;
  ld.param.s32 %r3, [a];
  cvt.rn.f64.s32 %rd5, %r3;
  add.f64 %rd4, %rd4, %rd5;
  ld.param.u32 %r4, [b];
  cvt.rn.f64.u32 %rd6, %r4;
  add.f64 %rd4, %rd4, %rd6;
  ld.param.s64 %rd7, [c];
  cvt.rn.f64.s64 %rd7, %rd7;
  add.f64 %rd4, %rd4, %rd7;
  ld.param.u64 %rd8, [d];
  cvt.rn.f64.u64 %rd8, %rd8;
  add.f64 %rd4, %rd4, %rd8;
  ld.param.f32 %r5, [e];
  cvt.f64.f32 %rd9, %r5;
  add.f64 %rd4, %rd4, %rd9;
  ld.param.f64 %rd10, [f];
  add.f64 %rd4, %rd4, %rd10;
  st.global.f64 [%rd3], %rd4;
  ret;
}
PTX
cp "$dir/y.npy" "$dir/x.npy"
kinds() {
  "$tool" "$dir/kinds.ptx" --sim-check=all --arg=in:"$dir/x.npy" --arg=inout:"$dir/y.npy" \
    --arg=out:"$dir/z.npy":"f64[1]" --arg=i32:-7 --arg=u32:4000000000 "$@"
}
expect 0 "kinds" kinds --arg=i64:-5000000000 --arg=u64:0x100000000 --arg=f32:0.25 --arg=f64:1e-3
# 0.5 - 7 + 4000000000 - 5000000000 + 4294967296 + 0.25 + 0.001
[ "$(tail -c 8 "$dir/z.npy" | od -An -tf8 | tr -d ' ')" = "3294967289.751" ] || {
  echo "kinds: wrong sum"
  failures=$((failures + 1))
}
[ "$(tail -c 32 "$dir/y.npy" | od -An -tf4 -w8 | head -1 | tr -s ' ')" = " 2 0.5" ] || {
  echo "kinds: inout was not written back"
  failures=$((failures + 1))
}
says 2 "i32 too large" "not a value of type i32" kinds --arg=i32:2147483648
says 2 "u64 negative" "not a value of type u64" kinds --arg=u64:-1
says 2 "f32 too large" "not a value of type f32" kinds --arg=f32:1e39
says 2 "unknown kind" "kinds are i8" kinds --arg=f16:1
says 2 "no value" "expected KIND:VALUE" kinds --arg=i32
says 1 "argument of another size" "has 8 bytes, got 4" kinds --arg=i32:1 --arg=u64:1 --arg=f32:1 --arg=f64:1

# Launches and modules that cannot be.
says 1 "too few arguments" "expected 9 arguments, got 5" kinds
says 2 "zero grid" "expected a number of 1 to 2147483647, got '0'" kinds --grid=0
says 2 "four dimensions" "expected X[,Y[,Z]]" kinds --grid=1,1,1,1
says 2 "grid of letters" "expected a number" kinds --block=many
four="--arg=i64:1 --arg=u64:1 --arg=f32:1 --arg=f64:1"
says 1 "large block" "a block has 1 to 1024 threads" kinds $four --block=2048
says 1 "too much shared memory" "bytes of shared memory" kinds $four --smem=200000
says 3 "clusters of sm_80" "clusters need sm_90" kinds $four --target=sm_80 --grid=2 --cluster=2
says 1 "unknown entry" "has no kernel 'nope'" kinds $four --entry=nope
says 2 "unknown check" "mem, init, race, sync" "$tool" "$dir/scale.ptx" --sim-check=mem,luck
says 2 "bad shape" "expected out:FILE.npy:TYPE" "$tool" "$dir/kinds.ptx" --arg=out:"$dir/q.npy":f32
says 2 "unknown type" "unknown type 'f31'" "$tool" "$dir/kinds.ptx" --arg=out:"$dir/q.npy":"f31[4]"
says 1 "no such array" "none.npy" "$tool" "$dir/kinds.ptx" --arg=in:"$dir/none.npy"
head -c 100 "$dir/x.npy" >"$dir/cut.npy"
says 1 "array cut short" "cut.npy" "$tool" "$dir/kinds.ptx" --arg=in:"$dir/cut.npy"
echo "no array at all" >"$dir/text.npy"
says 1 "no array" "text.npy" "$tool" "$dir/kinds.ptx" --arg=in:"$dir/text.npy"
head -c 900 "$dir/kinds.ptx" >"$dir/cut.ptx"
says 1 "module cut short" "cut.ptx:" "$tool" "$dir/cut.ptx"
: >"$dir/empty.ptx"
expect 1 "empty module" "$tool" "$dir/empty.ptx"
sed 's/add.f64/addle.f64/' "$dir/kinds.ptx" >"$dir/form.ptx"
says 3 "unknown form" "is not implemented by the simulator" "$tool" "$dir/form.ptx"
cat "$dir/scale.ptx" >"$dir/two.ptx"
sed -n '/^.visible/,$p' "$dir/kinds.ptx" >>"$dir/two.ptx"
says 2 "several kernels" "choose one with --entry" "$tool" "$dir/two.ptx"
says 1 "statistics that cannot be written" "cannot write" kinds $four --stats="$dir/none/stats.json"
# Only the chosen kernel has to be one that is simulated; the target is the module's.
sed 's/add.f64/addle.f64/' "$dir/two.ptx" >"$dir/mixed.ptx"
scale="--entry=scale --block=8 --arg=out:$dir/o.npy:f32[8] --arg=f32:0.5 --arg=u32:8"
expect 0 "a kernel beside one that is not simulated" "$tool" "$dir/mixed.ptx" $scale
says 3 "a kernel that is not simulated" "is not implemented" "$tool" "$dir/mixed.ptx" --entry=kinds
says 1 "unknown kernel of several" "it has: scale, kinds" "$tool" "$dir/mixed.ptx" --entry=nope
says 2 "names of kernels" "--entry: scale, kinds" "$tool" "$dir/two.ptx"
sed 's/7.0/7.8/; s/sm_80/sm_90/' "$dir/scale.ptx" >"$dir/hopper.ptx"
expect 0 "the module's target" "$tool" "$dir/hopper.ptx" $scale --stats="$dir/stats.json"
grep -q '"device": "sim:sm_90"' "$dir/stats.json" || { echo "target: not sm_90"; failures=$((failures + 1)); }

# Structures, with padding and an address within, and numbers of a byte.
cat >"$dir/struct.ptx" <<'PTX'
.version 7.0
.target sm_80
.address_size 64
.visible .entry fill(.param .align 8 .b8 s[32], .param .u8 add)
{
  .reg .b16 %h<4>;
  .reg .b32 %r<4>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [s+8];
  ld.param.u32 %r1, [s+16];
  ld.param.u16 %h1, [s];
  cvt.u32.u16 %r2, %h1;
  add.u32 %r1, %r1, %r2;
  ld.param.u8 %h2, [add];
  cvt.u32.u16 %r2, %h2;
  add.u32 %r1, %r1, %r2;
  cvt.u64.u32 %rd3, %r1;
  st.global.u64 [%rd1], %rd3;
  ld.param.u64 %rd2, [s+24];
  st.global.u64 [%rd1+8], %rd2;
  ret;
}
PTX
says 1 "structure in the wrong place" "has 32 bytes, got 1" "$tool" "$dir/struct.ptx" --arg=u8:255 \
  --arg="{u16:1000,out:$dir/s.npy:i64[2],i32:-5,{i64:-7}}"
expect 0 "structure" "$tool" "$dir/struct.ptx" \
  --arg="{u16:1000,out:$dir/s.npy:i64[2],i32:-5,{i64:-7}}" --arg=u8:255
[ "$(tail -c 16 "$dir/s.npy" | od -An -td8 -w16 | tr -s ' ')" = " 1250 -7" ] || {
  echo "structure: wrong numbers"
  failures=$((failures + 1))
}
says 2 "open structure" "expected {FIELD,FIELD" "$tool" "$dir/struct.ptx" --arg="{u16:1"
says 2 "number of a byte" "not a value of type u8" "$tool" "$dir/struct.ptx" --arg=u8:256
says 2 "number of a signed byte" "not a value of type i8" "$tool" "$dir/struct.ptx" --arg=i8:-129

# No file is overwritten that the run reads, or writes otherwise.
cp "$dir/x.npy" "$dir/keep.npy"
out="--arg=out:$dir/o.npy:f32[8]"
says 2 "module as output" "which FILE reads" "$tool" "$dir/scale.ptx" --arg="out:$dir/./scale.ptx:f32[8]"
says 2 "module as statistics" "which FILE reads" "$tool" "$dir/scale.ptx" --stats="$dir/scale.ptx"
says 2 "input as statistics" "keep.npy reads" "$tool" "$dir/kinds.ptx" --arg=in:"$dir/keep.npy" \
  --stats="$dir/keep.npy"
says 2 "output as statistics" "writes" "$tool" "$dir/scale.ptx" $out --stats="$dir/o.npy"
says 2 "two outputs" "writes" "$tool" "$dir/scale.ptx" $out $out
says 2 "input as output" "reads" "$tool" "$dir/kinds.ptx" --arg=in:"$dir/keep.npy" \
  --arg="out:$dir/keep.npy:f32[8]"
cmp -s "$dir/x.npy" "$dir/keep.npy" || { echo "an input was overwritten"; failures=$((failures + 1)); }
says 1 "no folder" "there is no folder" "$tool" "$dir/scale.ptx" --arg="out:$dir/none/o.npy:f32[8]"
says 1 "folder as output" "it is a folder" "$tool" "$dir/scale.ptx" --arg="out:$dir:f32[8]"
says 1 "folder as module" "it is a folder" "$tool" "$dir"
says 1 "missing module" "No such file" "$tool" "$dir/none.ptx"
says 1 "no PTX" "is no PTX text" "$tool" "$dir/x.npy"

# Command lines that are wrong say what was expected.
says 2 "option without =" "sim option 'foo': expected key=value" "$tool" "$dir/scale.ptx" --sim-options=foo
says 2 "option without = behind another" "sim option 'foo': expected key=value" "$tool" \
  "$dir/scale.ptx" --sim-options=limit=5,foo
says 2 "target without sm_" "--target: expected sm_75" "$tool" "$dir/scale.ptx" --target=h100
says 2 "empty value" "--arg needs a value" "$tool" "$dir/scale.ptx" --arg= --arg=i32:1
says 2 "no value" "--entry needs a value" "$tool" "$dir/scale.ptx" --entry --block=1
says 2 "option given twice" "--grid is given twice" "$tool" "$dir/scale.ptx" --grid=1 --grid=2
says 2 "negative shared memory" "--smem: expected a number of 0 to 4294967295, got '-1'" "$tool" \
  "$dir/scale.ptx" --smem=-1
says 2 "dimension left out" "expected a number of 1 to 2147483647, got ''" "$tool" "$dir/scale.ptx" --block=1,,1
says 2 "no file name" "expected out:FILE.npy:TYPE" "$tool" "$dir/scale.ptx" --arg="out::f32[8]"
says 2 "empty dimension" "a dimension is 1 to 274877906944, got '0'" "$tool" "$dir/scale.ptx" \
  --arg="out:$dir/o.npy:f32[0]"
says 2 "too many dimensions" "expected at most 16 dimensions, got 17" "$tool" "$dir/scale.ptx" \
  --arg="out:$dir/o.npy:f32[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"
expect 0 "a single value" "$tool" "$dir/scale.ptx" --arg="out:$dir/o.npy:f32[]" --arg=f32:0.5 --arg=u32:1
says 0 "version" "azulejo-sim" "$tool" --version
exit $failures
