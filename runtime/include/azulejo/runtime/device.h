// This file declares the device interface: the small table of functions behind which the CUDA
// driver
// (`cuda`) and the PTX simulator (`sim`) stand.
#ifndef AZULEJO_RUNTIME_DEVICE_H
#define AZULEJO_RUNTIME_DEVICE_H

#include "azulejo/runtime/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// An address in device memory, as a kernel sees it. 0 is null.
typedef uint64_t azj_device_ptr;

// A loaded module (PTX or machine code) and a kernel inside it. Owned by the device that made them;
// a kernel lives as long as its module.
typedef struct azj_module_impl *azj_module;
typedef struct azj_kernel_impl *azj_kernel;

// An ordered queue of work on a device. NULL is the device's default queue. On `sim` all queues are
// one and every call has completed when it returns.
typedef struct azj_stream_impl *azj_stream;

// What the runtime asks of a device before it chooses a program of a bundle.
typedef struct azj_device_info {
  char name[256];           // "NVIDIA H200", "sim:sm_80"
  int32_t sm;               // compute capability, major * 10 + minor: 75, 80, 86, 90, 100, 103, 120
  int32_t max_ptx;          // newest PTX ISA that the device loads, major * 10 + minor: 90 is 9.0
  int32_t multiprocessors;  // number of SMs
  int32_t max_shared_bytes; // dynamic shared memory per CTA after opting in
  int32_t is_simulator;     // 1 for `sim`
  uint64_t memory_bytes;    // total device memory; host memory for `sim`
} azj_device_info;

typedef struct azj_dim3 {
  uint32_t x, y, z;
} azj_dim3;

typedef enum azj_image_kind {
  AZJ_IMAGE_PTX = 0,   // text; need not be NUL-terminated
  AZJ_IMAGE_CUBIN = 1, // ELF machine code; `sim` refuses it
} azj_image_kind;

// The element types that a tensor map may have.
typedef enum azj_tensor_map_type {
  AZJ_TENSOR_MAP_U8 = 0,
  AZJ_TENSOR_MAP_U16 = 1,
  AZJ_TENSOR_MAP_U32 = 2,
  AZJ_TENSOR_MAP_I32 = 3,
  AZJ_TENSOR_MAP_U64 = 4,
  AZJ_TENSOR_MAP_I64 = 5,
  AZJ_TENSOR_MAP_F16 = 6,
  AZJ_TENSOR_MAP_F32 = 7,
  AZJ_TENSOR_MAP_F64 = 8,
  AZJ_TENSOR_MAP_BF16 = 9,
} azj_tensor_map_type;

// The description of a tiled TMA tensor map (PTX ISA 5.5, "Tensors"). Dimension 0 is the innermost.
typedef struct azj_tensor_map_desc {
  azj_tensor_map_type type;
  uint32_t rank;               // 1..5
  azj_device_ptr base;         // 16-byte aligned
  uint64_t dims[5];            // in elements
  uint64_t strides[5];         // in bytes, of dimensions 1..rank-1; strides[0] is unused
  uint32_t box[5];             // in elements, 1..256
  uint32_t element_strides[5]; // 1..8
  uint32_t swizzle;            // 0 none, 1 32 B, 2 64 B, 3 128 B
  uint32_t interleave;         // 0 none, 1 16 B, 2 32 B
  uint32_t l2_promotion;       // 0 none, 1 64 B, 2 128 B, 3 256 B
  uint32_t nan_fill;           // 1: out-of-bounds elements read as NaN, else as zero
} azj_tensor_map_desc;

// How a map of images (convolutions without a matrix of patches) walks over pixels.
typedef enum azj_im2col_mode {
  AZJ_IM2COL = 0,       // over W, then H, D and N: instructions of mode .im2col
  AZJ_IM2COL_W = 1,     // over W, then N, at one H and D: .im2col::w, on sm_100 and later
  AZJ_IM2COL_W_128 = 2, // the same for 128 pixels whatever `pixels` says: .im2col::w::128
} azj_im2col_mode;

// What an im2col TMA tensor map needs beside azj_tensor_map_desc, whose rank is then 3 (NWC), 4
// (NHWC) or 5 (NDHWC), with C as dimension 0, and whose box is not used. Zero-initialise, then set
// `size`.
typedef struct azj_im2col_desc {
  uint32_t size; // sizeof(azj_im2col_desc), of the caller
  // Corners of the box that the first tap of the filter moves in, for W, H and D in this order, as
  // many as the rank has: `lower` counts from the first pixel (-padding), `upper` from the last one
  // (padding - dilation * (taps - 1)). Each is a signed number of 16 bits for rank 3, 8 for rank 4
  // and 5 for rank 5; of the modes W it is one of 16 bits, of W alone. The box must not be empty.
  int32_t lower[3], upper[3];
  uint32_t channels; // of each pixel, 1..256; their bytes are a multiple of 16
  uint32_t pixels;   // of each copy, 1..1024
  azj_im2col_mode mode;
} azj_im2col_desc;

// An encoded tensor map: a kernel argument of 128 bytes, opaque, valid for the device that encoded
// it.
typedef struct azj_tensor_map {
  uint8_t bytes[128] __attribute__((aligned(64)));
} azj_tensor_map;

// One kernel launch.
typedef struct azj_launch {
  azj_kernel kernel;
  azj_dim3 grid, block, cluster; // cluster 0,0,0 or 1,1,1: none
  uint32_t dynamic_shared_bytes;
  uint32_t arg_count;
  const void *const *args; // args[i] points at the value of the i-th parameter
  const size_t *arg_sizes; // in bytes; checked against the kernel's parameters by `sim`
  const char *label;       // name for reports and traces (the model's node), may be NULL
} azj_launch;

typedef struct azj_device azj_device;

// The table every device implements. Functions that fail leave their outputs untouched. Unless a
// line says otherwise a device may be used by one thread at a time.
typedef struct azj_device_vtable {
  uint32_t size; // sizeof(azj_device_vtable) of the implementer, for compatibility checks

  void (*destroy)(azj_device *device);
  azj_status (*info)(azj_device *device, azj_device_info *out_info);

  // Allocates `bytes` (at least 1) aligned to 256; `name` (may be NULL) appears in reports.
  azj_status (*allocate)(azj_device *device, size_t bytes, const char *name,
                         azj_device_ptr *out_ptr);
  azj_status (*release)(azj_device *device, azj_device_ptr ptr);

  // Copies. Host memory may be reused when copy_in returns; copy_out has completed when it returns.
  azj_status (*copy_in)(azj_device *device, azj_stream stream, azj_device_ptr dst, const void *src,
                        size_t bytes);
  azj_status (*copy_out)(azj_device *device, azj_stream stream, void *dst, azj_device_ptr src,
                         size_t bytes);
  azj_status (*copy)(azj_device *device, azj_stream stream, azj_device_ptr dst, azj_device_ptr src,
                     size_t bytes);
  azj_status (*fill)(azj_device *device, azj_stream stream, azj_device_ptr dst, uint8_t value,
                     size_t bytes);

  // Loads a module. A PTX module that cannot be loaded reports file:line:column and the reason.
  // `name` is what reports call the image; may be NULL.
  azj_status (*module_load)(azj_device *device, azj_image_kind kind, const void *image,
                            size_t bytes, const char *name, azj_module *out_module);
  void (*module_unload)(azj_device *device, azj_module module);
  azj_status (*kernel_get)(azj_device *device, azj_module module, const char *entry,
                           azj_kernel *out_kernel);

  azj_status (*launch)(azj_device *device, azj_stream stream, const azj_launch *launch);
  azj_status (*encode_tensor_map)(azj_device *device, const azj_tensor_map_desc *desc,
                                  azj_tensor_map *out_map);
  azj_status (*synchronize)(azj_device *device, azj_stream stream);

  // Tells checkers that the contents of [ptr, ptr+bytes) are now undefined (a reused arena range).
  // May be NULL.
  azj_status (*discard)(azj_device *device, azj_device_ptr ptr, size_t bytes);

  // Returns what the device counted and found since it was made, as a JSON text that the caller
  // releases with free(). `findings` receives the number of check findings. NULL where a device
  // counts nothing.
  azj_status (*report)(azj_device *device, char **out_json, uint64_t *out_findings);

  // Encodes an im2col tensor map. Tables of AZJ_DEVICE_VTABLE_LEAST_SIZE end before it; NULL where
  // a device has no such maps. The modes W need swizzle 2 or 3.
  azj_status (*encode_im2col_map)(azj_device *device, const azj_tensor_map_desc *desc,
                                  const azj_im2col_desc *im2col, azj_tensor_map *out_map);
} azj_device_vtable;

// What `size` of a table must be at least, for a session to take the device.
#define AZJ_DEVICE_VTABLE_LEAST_SIZE offsetof(azj_device_vtable, encode_im2col_map)

struct azj_device {
  const azj_device_vtable *vtable;
};

// The name of the function by which a sibling library (libazulejo-sim.so) is opened, and its type.
// `options` is a list "key=value,key=value": sm (80, 90), checks (none, all, or mem+init+race+sync
// in part), tc, async, threads, seed. The device is released through its vtable.
#define AZJ_SIM_CREATE_SYMBOL "azj_sim_device_create"
typedef azj_status (*azj_sim_device_create_fn)(const char *options, azj_device **out_device);

#ifdef __cplusplus
}
#endif
#endif // AZULEJO_RUNTIME_DEVICE_H
