/**
 * KEYS: the owner. ARGV: names, and after each what is said of it. Answers the first name of which something else was said
 * before, and then keeps none of them: who is refused must not stand in another's way. False when there is none.
 */
export const CLAIM = `
for i = 1, #ARGV, 2 do
  local said = redis.call('HGET', KEYS[1], ARGV[i])
  if said and said ~= ARGV[i + 1] then return ARGV[i] end
end
for i = 1, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
return false
`
