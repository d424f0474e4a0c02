/* This file runs a bundle in the fewest lines: every input is zeros, the outputs' first values are
   printed. hello_explained.c is the same with error messages and comments. */
#include <azulejo/runtime/api.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(call)                                                                                \
  if ((status = (call)))                                                                           \
  return fprintf(stderr, "%s\n", azj_status_message(status)), 1

int main(int argc, char **argv) {
  azj_status status;
  azj_bundle bundle;
  azj_device *device;
  azj_session session;
  azj_buffer in[8], out[8];
  azj_tensor_info info;
  uint32_t inputs, outputs, i, d;
  if (argc < 2)
    return 2;
  CHECK(azj_bundle_open(argv[1], &bundle));
  CHECK(azj_device_open(argc > 2 ? argv[2] : "auto", NULL, &device));
  CHECK(azj_session_create(bundle, device, NULL, &session));
  memset(in, 0, sizeof in), memset(out, 0, sizeof out);
  inputs = azj_bundle_input_count(bundle), outputs = azj_bundle_output_count(bundle);
  for (i = 0; i < inputs && i < 8; ++i) {
    CHECK(azj_bundle_input(bundle, i, &info));
    in[i].dtype = info.dtype, in[i].rank = info.rank;
    for (d = 0; d < info.rank; ++d)
      in[i].shape[d] = info.shape[d] < 0 ? 1 : info.shape[d];
    CHECK(azj_buffer_allocate(NULL, &in[i]));
    memset(in[i].host, 0, in[i].bytes);
  }
  CHECK(azj_session_run(session, NULL, in, inputs, out, outputs));
  for (i = 0; i < outputs && i < 8; ++i)
    printf("output %u: %g ...\n", i, out[i].dtype == AZJ_F32 ? *(float *)out[i].host : 0.0f);
  for (i = 0; i < 8; ++i)
    azj_buffer_release(NULL, &in[i]), azj_buffer_release(NULL, &out[i]);
  azj_session_destroy(session);
  azj_device_close(device);
  azj_bundle_close(bundle);
  return 0;
}
