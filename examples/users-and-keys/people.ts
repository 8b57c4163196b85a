/** A declaration is plain TypeScript: lists, loops and modules need nothing special. */
export const people = [
  {
    name: "ann",
    key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPegBF8fs+EkAt/5V99tlhWfP/a6pluueuJrx9aZq0iP ann@laptop",
    isOperator: true,
  },
  {
    name: "ben",
    key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOm++mX9ffGWtjTFtGnCuab/LCNBIhxfkjZPD5U3bhKU ben@desk",
    isOperator: false,
  },
];
