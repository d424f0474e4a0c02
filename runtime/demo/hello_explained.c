/* This file shows how a program runs a bundle, step by step.

   usage: hello_explained MODEL.azb [DEVICE]

   DEVICE is auto (the default), cuda, cuda:N, sim or sim:sm_XX. Every input is filled with zeros; a
   symbolic dimension gets the least size that it may have. */
#include <azulejo/runtime/api.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every function that can fail returns a status. NULL is success; anything else is ours to print
   and to free. A program that goes on after an error would return the status to its caller instead.
 */
static void check(azj_status status, const char *what) {
  if (!status)
    return;
  fprintf(stderr, "%s: %s: %s\n", what, azj_code_name(azj_status_code(status)),
          azj_status_message(status));
  azj_status_free(status);
  exit(1);
}

/* Returns the least size that the symbolic dimension `name` may have, at least 1. A dimension that
   is a formula of others has no entry of its own: this demo then stops. */
static int64_t least_size(azj_bundle bundle, const char *name) {
  uint32_t i;
  for (i = 0; i < azj_bundle_symbol_count(bundle); ++i) {
    azj_symbol_info symbol;
    int64_t least;
    check(azj_bundle_symbol(bundle, i, &symbol), "symbol");
    if (strcmp(symbol.name, name) != 0)
      continue;
    least = symbol.min > 1 ? symbol.min : 1;
    return (least + symbol.divisor - 1) / symbol.divisor * symbol.divisor;
  }
  fprintf(stderr, "dimension '%s' is a formula; this demo does not compute it\n", name);
  exit(1);
}

/* Makes one input of zeros. */
static azj_buffer make_input(azj_bundle bundle, uint32_t index) {
  azj_tensor_info info;
  azj_buffer buffer;
  uint32_t d;
  check(azj_bundle_input(bundle, index, &info), "input");
  memset(&buffer, 0, sizeof buffer);
  buffer.dtype = info.dtype;
  buffer.rank = info.rank;
  for (d = 0; d < info.rank; ++d)
    buffer.shape[d] = info.shape[d] < 0 ? least_size(bundle, info.dims[d]) : info.shape[d];
  /* A buffer of our own memory would do as well: set host and bytes. */
  check(azj_buffer_allocate(NULL, &buffer), "allocate");
  memset(buffer.host, 0, buffer.bytes);
  printf("input   %s %s\n", info.name, azj_dtype_name(info.dtype));
  return buffer;
}

int main(int argc, char **argv) {
  azj_bundle bundle = NULL;
  azj_device *device = NULL;
  azj_session session = NULL;
  azj_device_info info;
  uint32_t inputs, outputs, i;
  azj_buffer *in, *out;
  if (argc < 2) {
    fprintf(stderr, "usage: %s MODEL.azb [DEVICE]\n", argv[0]);
    return 2;
  }

  /* 1. Open the bundle. It is checked whole; the weights stay on disk until a session needs them.
     One bundle may be shared by all threads. */
  check(azj_bundle_open(argv[1], &bundle), argv[1]);

  /* 2. Open a device. One thread at a time may use it. */
  check(azj_device_open(argc > 2 ? argv[2] : "auto", NULL, &device), "device");
  check(device->vtable->info(device, &info), "device");
  printf("device  %s\n", info.is_simulator ? "the simulator" : info.name);

  /* 3. Bring both together: the program for this device is chosen, its kernels are loaded, the
     weights uploaded. This takes a while; do it once. */
  check(azj_session_create(bundle, device, NULL, &session), "session");

  /* 4. Make the inputs, in the order of the bundle. */
  inputs = azj_bundle_input_count(bundle);
  outputs = azj_bundle_output_count(bundle);
  in = calloc(inputs + 1, sizeof *in);
  out = calloc(outputs + 1, sizeof *out);
  if (!in || !out)
    return 1;
  for (i = 0; i < inputs; ++i)
    in[i] = make_input(bundle, i);

  /* 5. Run. Outputs of zeroed buffers are allocated for us. Call it as often as you like: memory on
     the device is reused, and sizes may change from call to call. */
  check(azj_session_run(session, NULL, in, inputs, out, outputs), "run");

  /* 6. Read the outputs. */
  for (i = 0; i < outputs; ++i) {
    azj_tensor_info output;
    check(azj_bundle_output(bundle, i, &output), "output");
    printf("output  %s %s %zu bytes", output.name, azj_dtype_name(out[i].dtype), out[i].bytes);
    if (out[i].dtype == AZJ_F32 && out[i].bytes >= sizeof(float))
      printf(", first value %g", *(float *)out[i].host);
    printf("\n");
  }

  /* 7. Release: buffers with the allocator that made them (NULL is the system's), then the session,
     then its device. The bundle may be closed at any time. */
  for (i = 0; i < inputs; ++i)
    azj_buffer_release(NULL, &in[i]);
  for (i = 0; i < outputs; ++i)
    azj_buffer_release(NULL, &out[i]);
  free(in);
  free(out);
  azj_session_destroy(session);
  azj_device_close(device);
  azj_bundle_close(bundle);
  return 0;
}
