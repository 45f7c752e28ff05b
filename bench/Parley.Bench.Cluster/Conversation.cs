using System.Text;
using Parley.Server;

namespace Parley.Bench.Cluster;

/// <summary>The state of a conversation as the built-in assistant stores it: JSON of the turns so far.</summary>
internal static class Conversation
{
    private static readonly string[] Words =
        "the order was sent on monday and should arrive before friday could you tell me its number please it is four seven one one thank you i have found it".Split(' ');

    /// <summary>A state with turns of about 25 words each.</summary>
    internal static StoredCheckpoint Create(int turns, int seed)
    {
        var random = new Random(seed);
        var json = new StringBuilder("{\"turns\":[");
        for (var turn = 0; turn < turns; turn++)
        {
            json.Append(turn == 0 ? "" : ",").Append("{\"role\":\"").Append(turn % 2 == 0 ? "user" : "model").Append("\",\"parts\":[{\"text\":\"");
            for (var word = 0; word < 25; word++)
                json.Append(word == 0 ? "" : " ").Append(Words[random.Next(Words.Length)]);
            json.Append("\"}]}");
        }
        return new StoredCheckpoint(Encoding.UTF8.GetBytes(json.Append("]}").ToString()), []);
    }

    internal static SessionCheckpoint Checkpoint(string session, long serial, bool isFirst, StoredCheckpoint state) => new()
    {
        SessionId = session,
        Epoch = 0,
        Serial = serial,
        IsFirst = isFirst,
        Model = "models/bench",
        Owner = "owner",
        CredentialId = "",
        Started = TimeProvider.System.GetUtcNow(),
        Expires = TimeProvider.System.GetUtcNow().AddHours(2),
        State = new CheckpointState("bench", state),
    };
}
