using System.Runtime.CompilerServices;

// All native calls take blittable arguments, so their stubs can be compiled ahead of time.
[assembly: DisableRuntimeMarshalling]
