// This program elects a lane, and stores tiles with stmatrix as ldmatrix reads them (sm_90).
extern "C" __global__ void electMatrix(const unsigned *x, unsigned *y, int *leaders) {
  __shared__ __align__(16) unsigned short tile[4][8][8];
  int t = threadIdx.x;
  unsigned v[4], w[4], leader;
  for (int k = 0; k < 4; ++k)
    v[k] = x[k * 32 + t];
  unsigned row = unsigned(__cvta_generic_to_shared(&tile[t / 8][t % 8][0]));
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1,%2,%3,%4};" ::"r"(row),
               "r"(v[0]), "r"(v[1]), "r"(v[2]), "r"(v[3])
               : "memory");
  __syncwarp();
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(w[0]), "=r"(w[1]), "=r"(w[2]), "=r"(w[3])
               : "r"(row)
               : "memory");
  for (int k = 0; k < 4; ++k)
    y[k * 32 + t] = w[k];
  int elected;
  asm volatile("{\n.reg .pred p;\nelect.sync %0|p, 0xffffffff;\nselp.s32 %1, 1, 0, p;\n}"
               : "=r"(leader), "=r"(elected));
  if (elected)
    leaders[0] = int(leader) * 100 + t;
}
