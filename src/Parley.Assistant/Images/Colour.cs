namespace Parley.Assistant.Images;

/// <summary>The colours the script has names for; languages list theirs in this order.</summary>
internal enum Colour
{
    Black, White, Grey, Red, Orange, Yellow, Green, Cyan, Blue, Purple, Pink, Brown,
}
