// The tests speak in real time: what gets no processor for a second or two has stopped speaking.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]
