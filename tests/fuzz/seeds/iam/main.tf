module "irsa" {
  attach_vpc_cni_policy = true
  vpc_cni_enable_ipv6 = true
}
