using System.Collections.Concurrent;
using System.Text.Json;
using Parley.Assistant.Llama.Engine;
using Parley.Speech.Worker.Pipe;

namespace Parley.Assistant.Llama.Worker;

/// <summary>
/// Answers the requests of one application. A thread of its own runs the model, so that requests and cancellations are taken meanwhile.
/// </summary>
internal sealed class LlamaServer : IEngineServer, IDisposable
{
    private readonly BlockingCollection<(int Number, AnswerRequest Request)> _waiting = [];
    private readonly ConcurrentDictionary<int, bool> _cancelled = [];
    private readonly WorkerPipe _pipe;
    private readonly Scheduler _scheduler;
    private readonly Thread _thread;

    public LlamaServer(LlamaModel model, WorkerSettings settings, WorkerPipe pipe)
    {
        _pipe = pipe;
        _scheduler = new Scheduler(model, settings.Conversations, this);
        _thread = new Thread(() => Work(model)) { IsBackground = true, Name = "Decoder" };
        _thread.Start();
    }

    public void Handle(PipeMessage kind, ReadOnlySpan<byte> content)
    {
        if (kind != PipeMessage.Request)
            throw new InvalidDataException($"A chat model does not accept {kind} messages.");
        var number = BitConverter.ToInt32(content);
        _waiting.Add((number, JsonSerializer.Deserialize(content[sizeof(int)..], LlamaJson.Default.AnswerRequest)!));
    }

    public void Cancel(int number) => _cancelled[number] = true;

    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
    }

    /// <summary>Whether the application does not want this answer any more.</summary>
    internal bool IsCancelled(int number) => _cancelled.ContainsKey(number);

    internal void Send(int number, string text) => _pipe.Write(PipeMessage.Part, BitConverter.GetBytes(number), System.Text.Encoding.UTF8.GetBytes(text));

    internal void Send(int number, AnswerResult result)
    {
        _cancelled.TryRemove(number, out _);
        _pipe.Write(PipeMessage.Result, BitConverter.GetBytes(number), JsonSerializer.SerializeToUtf8Bytes(result, LlamaJson.Default.AnswerResult));
    }

    /// <summary>A step without text: the application knows that this process works.</summary>
    internal void SendSign() => _pipe.Write(PipeMessage.Part, BitConverter.GetBytes(0));

    private void Report(Exception failure)
    {
        try
        {
            _pipe.Write(PipeMessage.Failed, failure.Message);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The application has gone, and nobody needs the reason.
        }
    }

    private void Work(LlamaModel model)
    {
        using (model)
        {
            try
            {
                while (!_waiting.IsCompleted)
                {
                    // Requests in the order in which they came, as far as there are free sequences.
                    while (_scheduler.HasRoom && _waiting.TryTake(out var next, _scheduler.IsIdle ? Timeout.Infinite : 0))
                        _scheduler.Admit(next.Number, next.Request);
                    _scheduler.Step();
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The application has gone, and nobody needs this thread.
            }
            catch (Exception e) // The edge of the thread: the application gets the reason and starts another engine.
            {
                Report(e);
            }
        }
    }
}
