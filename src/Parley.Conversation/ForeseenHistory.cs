using System.Collections;
using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>A history and one turn that may follow it. Nothing is copied.</summary>
internal sealed class ForeseenHistory(IReadOnlyList<Content> history, Content next) : IReadOnlyList<Content>
{
    public int Count => history.Count + 1;

    public Content this[int index] => index == history.Count ? next : history[index];

    public IEnumerator<Content> GetEnumerator() => history.Append(next).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
