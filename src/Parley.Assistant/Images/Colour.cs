namespace Parley.Assistant.Images;

/// <summary>The named colours. Every language lists its names in this order.</summary>
internal enum Colour
{
    Black, White, Grey, Red, Orange, Yellow, Green, Cyan, Blue, Purple, Pink, Brown,
}
