// This file declares arithmetic that rounds toward zero, down or up, where no wider format gives it
// for little: f64, and quotients and roots of f32.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_DIRECTED_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_DIRECTED_H

namespace azulejo::sim {

enum class Toward { Zero, Down, Up };

// They set the host's rounding mode and set it back, some 50 ns each.
double addToward(Toward mode, double a, double b);
double mulToward(Toward mode, double a, double b);
double fmaToward(Toward mode, double a, double b, double c);
double divToward(Toward mode, double a, double b);
float divToward(Toward mode, float a, float b);
double sqrtToward(Toward mode, double a);
float sqrtToward(Toward mode, float a);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_DIRECTED_H
